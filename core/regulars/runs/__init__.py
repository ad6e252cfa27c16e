"""Runs: the stages of a run, strung together."""
