"""Customers: their data, events, traits and profiles."""
