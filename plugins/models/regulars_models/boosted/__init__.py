"""Boosted trees: what ``propensity`` and ``uplift`` share.

- ``growing``: trees that scikit-learn grows; everything else does without it
- ``trees``: these as plain arrays; ``leaves``: as bits, by which a million customers are scored in
  a second
"""
