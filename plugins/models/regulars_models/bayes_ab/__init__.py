"""Experiments read the Bayesian way: exact, with a prior, and able to say "not enough data"."""
