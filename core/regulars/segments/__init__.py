"""Segments: conditions as one SQL expression, membership and its changes."""
