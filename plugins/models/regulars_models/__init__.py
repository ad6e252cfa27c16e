"""Predictive models and analyses that come with regulars: one module each."""
