"""Predictions: models that are fitted to a store's own data, and what they say of each customer."""
