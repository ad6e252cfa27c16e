"""Qini: whether those with a high uplift score gain more than anybody would at random.

The curve is what is gained by reaching the best-scored share of the units, as a share of all units
(Radcliffe 2007, *Direct Marketing Analytics Journal*, 14-21); the coefficient the area between it
and the straight line of reaching as many at random. Random targeting is a draw without
replacement, so its band is exact in its mean and variance, and nothing is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from regulars_models.bayes_ab.effects import SURE

if TYPE_CHECKING:
    from regulars_models.bayes_ab.measures import Floats

    from .ordering import Order

POINTS = 20  # of the curve


@dataclass(frozen=True)
class Qini:
    """``curve``, ``low`` and ``high``: gains in the goal's own unit for each unit of all.

    ``share`` is how many are reached, from 0 to 1; ``low`` to ``high`` is the band of random
    targeting. ``coefficient`` and ``band`` (how far from 0 it may be at random) are areas.
    ``chance`` is the probability that random targeting does as well.
    """

    share: Floats
    curve: Floats
    low: Floats
    high: Floats
    coefficient: float
    band: float
    chance: float

    @property
    def found(self) -> bool:
        """Whether the score tells who gains more."""
        return self.coefficient > self.band


def qini(order: Order) -> Qini:
    """The curve of ``order`` with the band that random targeting stays in with 95 %."""
    gain = order.gain[np.lexsort((order.row, order.rank))]
    n = len(gain)
    curve = np.concatenate([[0.0], np.cumsum(gain)]) / n
    place = np.rint(np.linspace(0, n, POINTS + 1)).astype(int)
    share = place / n
    spread = float(gain.std(ddof=1)) if n > 1 else 0.0
    straight, half = share * curve[-1], SURE * spread * np.sqrt(share * (1 - share) / n)
    # The area is linear in the ranks: each unit counts by how much of the curve comes after it.
    counts = (n - np.arange(n) - 0.5) / n - 0.5
    coefficient = float(counts @ gain) / n
    sd = spread * float(np.sqrt(counts @ counts)) / n
    return Qini(
        share,
        curve[place],
        straight - half,
        straight + half,
        coefficient,
        SURE * sd,
        float(ndtr(-coefficient / sd)) if sd > 0 else 1.0,
    )
