"""Hooks: what a plugin may offer, and how regulars calls it."""
