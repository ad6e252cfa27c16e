"""Looking early without being fooled: group-sequential bounds and always-valid intervals.

Bounds by alpha spending (Lan and DeMets 1983, Biometrika 70, 659-663) with their O'Brien-Fleming
function; the probability of crossing by recursive numerical integration (Armitage, McPherson and
Rowe 1969, JRSS A 132, 235-244; Jennison and Turnbull 2000, Group Sequential Methods, chapter 19).
Always-valid intervals by the normal mixture (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon
2021, Annals of Statistics 49, 1055-1080).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from .numerics import ROOT, legendre

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measures import Floats

    Numbers = Sequence[float] | Floats

ENDLESS = 8.5  # a bound this far out is never crossed by chance
LEAST = 1e-3  # of the first look's information: what a look adds at least
FEWEST, MOST = 80, 1000  # points of the integration
# The standard deviation of the mixture sets when the always-valid interval is tightest, not whether
# it holds; it must be chosen before there is data.
MIXTURE = 0.2  # near the best for 500 to 50,000 units an arm that convert at 5 %


def bounds(
    fractions: Numbers, alpha: float = 0.05, information: Numbers | None = None
) -> tuple[float, ...]:
    """The z beyond which each look may stop, two-sided with ``alpha`` over all of them.

    ``fractions`` are how much of the horizon had passed at each look that was really taken,
    ascending: a late look has its own time, a skipped one is left out, and one at or after the
    horizon spends what is left (looks after that can't stop: infinity). ``information`` is 1 / v at
    each look; without it, it is taken to grow as time does. Four equal looks: 4.333, 2.963,
    2.359, 2.014. Raises ValueError unless fractions ascend from above 0.
    """
    known = fractions if information is None else information
    return _bounds(tuple(map(float, fractions)), float(alpha), _growing(known))[0]


def spent(fraction: float, alpha: float = 0.05) -> float:
    """How much of ``alpha`` may be used up when ``fraction`` of the horizon has passed."""
    if fraction <= 0:
        return 0.0
    half = float(ndtri(alpha / 4)) / np.sqrt(min(fraction, 1.0))
    return min(4 * float(ndtr(half)), alpha)


def crossing(limits: Numbers, information: Numbers, drift: float = 0.0) -> tuple[Floats, Floats]:
    """By look, the probability to cross ``limits`` there first: upwards, and downwards.

    ``drift`` is what z is on average at the last look.
    """
    grown = np.asarray(_growing(information))
    walk = Walk.start(float(drift))
    up, down = [], []
    for limit, at in zip(limits, grown / grown[-1], strict=True):
        up.append(walk.above(float(limit), at))
        down.append(walk.below(float(limit), at))
        walk = walk.inside(float(limit), at)
    return np.array(up), np.array(down)


def confidence_sequence(y: float, v: float, alpha: float = 0.05) -> tuple[float, float]:
    """An interval for a log ratio that holds at all times together, however often one looks.

    ``y`` and its variance ``v`` are of all data so far.
    """
    if not v < np.inf:
        return -np.inf, np.inf
    half = float(always(v, alpha)) * np.sqrt(v)
    return float(y - half), float(y + half)


def always(v: float | Floats, alpha: float = 0.05) -> Floats:
    """The z of the always-valid interval when the variance is ``v``: Howard et al., eq. (14)."""
    g = np.asarray(v) / MIXTURE**2
    z: Floats = np.sqrt((1 + g) * (2 * np.log(1 / alpha) + np.log1p(1 / g)))
    return z


@dataclass(frozen=True)
class Walk:
    """The density of the score (z by the root of information) of those that have not crossed.

    ``points`` and ``mass`` are a quadrature: the mass sums to the probability to be still inside.
    """

    points: Floats
    mass: Floats
    at: float
    drift: float

    @classmethod
    def start(cls, drift: float = 0.0) -> Walk:
        """Everybody at zero, before there is any information."""
        return cls(np.zeros(1), np.ones(1), 0.0, drift)

    def above(self, limit: float, at: float) -> float:
        """The probability to be above ``limit`` at information ``at``."""
        return self._tail(-limit * np.sqrt(at), 1.0, at)

    def below(self, limit: float, at: float) -> float:
        """The probability to be below minus ``limit`` at information ``at``."""
        return self._tail(-limit * np.sqrt(at), -1.0, at)

    def _tail(self, edge: float, side: float, at: float) -> float:
        ahead = self.points + self.drift * (at - self.at)
        return float(self.mass @ ndtr((side * ahead + edge) / np.sqrt(at - self.at)))

    def inside(self, limit: float, at: float) -> Walk:
        """The walk at ``at``, of those that stay within ``limit``."""
        sd, root = np.sqrt(at - self.at), np.sqrt(at)
        low = max(-limit * root, self.drift * at - ENDLESS * root)
        high = min(limit * root, self.drift * at + ENDLESS * root)
        if not low < high:
            return Walk(np.zeros(1), np.zeros(1), at, self.drift)
        nodes, weights = legendre(int(np.clip(3 * (high - low) / sd, FEWEST, MOST)) // 40 * 40)
        half = (high - low) / 2
        x = low + half * (1 + nodes)
        ahead = self.points + self.drift * (at - self.at)
        kernel = np.exp(-(((x[:, None] - ahead) / sd) ** 2) / 2) / (ROOT * sd)
        return Walk(x, half * weights * (kernel @ self.mass), at, self.drift)


@lru_cache(maxsize=1024)
def _bounds(
    fractions: tuple[float, ...], alpha: float, information: tuple[float, ...]
) -> tuple[tuple[float, ...], Walk]:
    """The bounds and who is still inside; those of one look fewer are remembered."""
    if not fractions:
        return (), Walk.start()
    limits, walk = _bounds(fractions[:-1], alpha, information[:-1])
    before = fractions[-2] if len(fractions) > 1 else 0.0
    if not before < fractions[-1]:
        raise ValueError(f"looks were at {fractions}; they must ascend from above 0")
    limit = _limit(walk, information[-1], spent(fractions[-1], alpha) - spent(before, alpha))
    return (*limits, limit), walk.inside(limit, information[-1])


def _limit(walk: Walk, at: float, budget: float) -> float:
    """The z that exactly ``budget`` of the walk crosses, half of it on each side."""

    def excess(limit: float) -> float:
        return walk.above(limit, at) - budget / 2

    if budget <= 0 or excess(ENDLESS) >= 0:
        return float("inf")
    return float(brentq(excess, 0.0, ENDLESS, xtol=1e-9))


def _growing(information: Numbers) -> tuple[float, ...]:
    """Information by that of the first look, made to ascend.

    An estimate of it may fall a little where few data were added, and be none at first.
    """
    known = np.asarray(information, dtype=float)
    unit = known[np.argmax(known > 0)] if (known > 0).any() else 1.0
    grown: list[float] = []
    for each in np.round(known / unit, 9).tolist():
        grown.append(max(each, grown[-1] + LEAST if grown else LEAST))
    return tuple(grown)
