"""Telling: one customer's story in parts, each read from the store and put into words."""
