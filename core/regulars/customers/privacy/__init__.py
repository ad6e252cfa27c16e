"""Privacy: what is kept of a customer told, erased, and not kept for longer than it should be."""
