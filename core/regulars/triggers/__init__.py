"""Triggers: what lets a customer into a journey."""
