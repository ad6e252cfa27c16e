"""Beliefs: what is known of each arm by itself, without any prior about lifts.

- ``marginals``, ``spend``: a distribution for each kind of goal
- ``quadrature``, for two arms ``pairs``: which is the best, and what the others cost
"""
