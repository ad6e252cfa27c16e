"""Channels that come with regulars: one module each."""
