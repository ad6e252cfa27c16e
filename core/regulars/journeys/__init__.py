"""Journeys: entries, positions and steps."""
