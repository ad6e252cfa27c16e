"""Connectors that come with regulars: one module each."""
