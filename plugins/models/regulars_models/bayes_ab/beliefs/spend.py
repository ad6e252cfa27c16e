"""Revenue of each visitor: whether they buy, times what a buyer spends.

The share of buyers is a Beta, the mean spend of a buyer an inverse gamma, so the mean revenue has
two finite moments whatever the data. (A log-normal spend with an unknown variance has an infinite
mean, and so has every loss.) Spend varies like a gamma of known ``shape``: 1 is an exponential,
and a shop's own is (mean / sd)² of its purchases. For a gamma with known shape the inverse gamma is
conjugate: Gelman et al., *Bayesian Data Analysis*, 3rd edition, section 2.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.polynomial import legendre

from regulars_models.bayes_ab.numerics import bisected

from .marginals import SMOOTH, Beta, Gamma, conversion
from .quadrature import NODES, panels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regulars_models.bayes_ab.measures import Floats

EVENEST = 100.0  # the shape of purchases that vary by a tenth
DEGREE = len(NODES) - 1
TO_SERIES = np.linalg.inv(legendre.legvander(NODES, DEGREE))  # values at nodes to coefficients


def revenue(
    buyers: float, visitors: float, total: float, *, typical: float, shape: float = 1
) -> Spend:
    """The mean revenue of a visitor, after ``buyers`` of ``visitors`` spent ``total``.

    ``typical`` is what a buyer spends in all arms together, ``shape`` how even purchases are (more
    than ``EVENEST`` counts as that). The prior says that an arm's mean spend is the typical one,
    give or take all of it.

    Raises ValueError if ``typical`` or ``shape`` is not positive.
    """
    if not (typical > 0 and shape > 0):
        raise ValueError("what a buyer typically spends, and the shape of it, must be above 0")
    shape = min(shape, EVENEST)
    return Spend(conversion(buyers, visitors), 3 + shape * buyers, 2 * typical + shape * total)


def evenness(buyers: Floats, means: Floats, sds: Floats) -> tuple[float, float]:
    """What a buyer spends in all arms together, and the shape of it; each array is by arm.

    The spread within the arms is begun with two purchases that vary like an exponential, so that
    the first few don't pass for certainty. Both are 0 where nobody bought for anything.
    """
    money, everybody = float((buyers * means).sum()), float(buyers.sum())
    if money <= 0:
        return 0.0, 0.0
    typical = money / everybody
    free = np.maximum(buyers - 1, 0)
    varies = (float((free * sds**2).sum()) / typical**2 + 2) / (float(free.sum()) + 2)
    return typical, 1 / varies


class _Series(NamedTuple):
    """The density of the logarithm: a Legendre series on each of many even panels.

    ``start`` and ``width`` place the panels, ``below`` is the mass before each of them.
    """

    start: float
    width: float
    density: Floats
    mass: Floats
    below: Floats


@dataclass(frozen=True)
class Spend:
    """A share of buyers times ``scale`` / G, where G is a gamma with ``shape``, at least 3."""

    buying: Beta
    shape: float
    scale: float

    @property
    def mean(self) -> float:
        return self.buying.mean * self.scale / (self.shape - 1)

    @property
    def sd(self) -> float:
        spent = self.scale / (self.shape - 1)
        varies = spent**2 / (self.shape - 2)
        share, spread = self.buying.mean, self.buying.sd
        return float(np.sqrt(spread**2 * (varies + spent**2) + share**2 * varies))

    @cached_property
    def breaks(self) -> Floats:
        return np.asarray(np.exp(self._edges))

    def pdf(self, x: Floats) -> Floats:
        panel, place = self._where(x)
        return np.maximum(_at(place, self._series.density[panel]), 0) / x

    def cdf(self, x: Floats) -> Floats:
        panel, place = self._where(x)
        below = self._series.below[panel] + _at(place, self._series.mass[panel])
        return np.clip(below, 0, 1)

    def quantile(self, p: Floats) -> Floats:
        low, high = (np.full(np.shape(p), end) for end in self._edges[[0, -1]])
        return np.asarray(np.exp(bisected(lambda log: self.cdf(np.exp(log)) < p, low, high)))

    @cached_property
    def _edges(self) -> Floats:
        """Even steps of the logarithm, between what is left of both factors at their ends.

        Where nearly everybody buys, the share's density stops short at 1, and only the spend
        makes it smooth.
        """
        share, gamma = self.buying.breaks, Gamma(self.shape, 1).breaks
        start = np.log(share[0] * self.scale / gamma[-1])
        end = np.log(share[-1] * self.scale / gamma[0])
        width = np.hypot(self.buying.sd / self.buying.mean, self.shape**-0.5)
        if self.buying.b < SMOOTH:
            width = min(width, 1.4 * self.shape**-0.5)
        return np.linspace(start, end, 1 + int(np.ceil((end - start) / width)))

    @cached_property
    def _series(self) -> _Series:
        """Over all shares, the density of the logarithm of the spend that makes up the rest."""
        share, weights = panels([_stepped(self.buying.breaks, 1.4 * self.shape**-0.5)])
        edges = self._edges
        half = (edges[1] - edges[0]) / 2
        logs = ((edges[:-1] + half)[:, None] + half * NODES).ravel()
        g = np.exp(np.log(self.scale * share) - logs[:, None])
        values = (g * Gamma(self.shape, 1).pdf(g)) @ (weights * self.buying.pdf(share))
        density = values.reshape(-1, len(NODES)) @ TO_SERIES.T
        density /= 2 * half * density[:, 0].sum()  # a far tail multiplies what is off in 1 - F
        mass = half * legendre.legint(density, lbnd=-1, axis=1)
        below = np.append(0.0, np.cumsum(2 * half * density[:, 0]))
        return _Series(edges[0], 2 * half, density, mass, below)

    def _where(self, x: Floats) -> tuple[NDArray[np.intp], Floats]:
        """The panel of each x, and where in it, from -1 to 1; beyond the ends it is the end."""
        series = self._series
        with np.errstate(divide="ignore"):
            steps = (np.log(x) - series.start) / series.width
        steps = np.clip(steps, 0, len(series.density))
        panel = np.minimum(steps.astype(np.intp), len(series.density) - 1)
        return panel, 2 * (steps - panel) - 1


def _at(place: Floats, coefficients: Floats) -> Floats:
    """Each row's Legendre series at its own place."""
    return np.asarray(legendre.legval(place, np.moveaxis(coefficients, -1, 0), tensor=False))


def _stepped(edges: Floats, step: float) -> Floats:
    """``edges`` with points between, so that none is more than e^``step`` times the last."""
    logs = np.log(edges)
    counts = np.ceil(np.diff(logs) / step).astype(int)
    between = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(logs, logs[1:], counts)]  # noqa: B905 (one fewer)
    return np.asarray(np.exp(np.append(np.concatenate(between), logs[-1])))
