"""Policy: whether a planned message may go, and where."""
