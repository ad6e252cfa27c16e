"""Audits: whether a model, and what is built on it, treats groups of customers alike."""
