"""BG/NBD: customers may leave after each repeat event.

Fader, Hardie and Lee, "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD
Model", *Marketing Science* 24 (2005), 275-284. Who came once is alive for certain by this model.
"""

from __future__ import annotations

from .beta_geometric import BetaGeometric

BG_NBD = BetaGeometric(first=0)
