"""MBG/NBD: customers may leave after each event, the first one included.

Batislam, Denizel and Filiztekin, "Empirical validation and comparison of models for customer base
analysis", *International Journal of Research in Marketing* 24 (2007), 201-209.
"""

from __future__ import annotations

from .beta_geometric import BetaGeometric

MBG_NBD = BetaGeometric(first=1)
