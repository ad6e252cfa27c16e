"""Backtests: what a model would have foreseen, held against what came and beside baselines."""
