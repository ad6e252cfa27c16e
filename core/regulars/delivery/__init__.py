"""Delivery: the ledger that sends each message at most once."""
