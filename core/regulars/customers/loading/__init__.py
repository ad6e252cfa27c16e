"""Loading: rows of a source into customers and events, each once, bad ones told."""
