"""What is believed of one arm's mean: a distribution for each kind of goal.

Each has ``mean``, ``sd``, ``pdf``, ``cdf`` and ``quantile``, and ``breaks``: between two of them
the density is so smooth that ten nodes integrate it to 1e-11, and beyond them nothing is left that
an expected loss would notice. Densities hold at a billion visitors: what is exponentiated is
measured from the mean, as Loader does, "Fast and accurate computation of binomial probabilities"
(2000).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

from regulars_models.bayes_ab.measures import VALUES
from regulars_models.bayes_ab.numerics import ROOT

if TYPE_CHECKING:
    from regulars_models.bayes_ab.measures import Floats

LEVELS = special.ndtr(np.linspace(-8, 8, 12))  # probabilities: even steps of a normal
TAIL = 1e-15  # of the mean, that may lie beyond the last break
SMOOTH = 8  # a shape from which on no bend is felt


class Marginal(Protocol):
    """What is believed of one arm's mean; ``pdf``, ``cdf`` and ``quantile`` take arrays."""

    @property
    def mean(self) -> float: ...
    @property
    def sd(self) -> float: ...
    @property
    def breaks(self) -> Floats: ...
    def pdf(self, x: Floats) -> Floats: ...
    def cdf(self, x: Floats) -> Floats: ...
    def quantile(self, p: Floats) -> Floats: ...


def conversion(converted: float, visitors: float) -> Beta:
    """The share who convert, after ``converted`` of ``visitors`` did, under a flat prior."""
    return Beta(1 + converted, 1 + visitors - converted)


def count(events: float, exposure: float) -> Gamma:
    """Events for each unit of ``exposure``, under a flat prior: Gamma(events + 1, exposure)."""
    return Gamma(events + 1, exposure)


def mean(n: float, average: float, sd: float) -> StudentT:
    """The mean of what ``n`` units showed, ``sd`` being theirs (with n - 1).

    The reference prior 1/σ² leaves Student's t with n - 1 degrees of freedom: Gelman et al.,
    *Bayesian Data Analysis*, 3rd edition, section 3.2.

    Raises ValueError for fewer than three units: two leave a distribution that has no mean.
    """
    if n < VALUES:
        raise ValueError(f"there are {n:g} units; a mean needs at least {VALUES}")
    return StudentT(n - 1, average, sd / n**0.5)


@dataclass(frozen=True)
class Beta:
    """A share; ``a`` - 1 and ``b`` - 1 are those for and against it under a flat prior."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def sd(self) -> float:
        total = self.a + self.b
        return float(np.sqrt(self.a * self.b / (total + 1)) / total)

    @cached_property
    def breaks(self) -> Floats:
        points = _both_ends(special.betaincinv, special.betainccinv, self.a, self.b)
        low = _graded(self.a, points[0], self.mean)
        high = 1 - _graded(self.b, 1 - points[-1], 1 - self.mean)
        return np.unique(np.concatenate([low, points, high]))

    def pdf(self, x: Floats) -> Floats:
        for_it, against = self.mean, self.b / (self.a + self.b)
        away = x - for_it
        height = np.sqrt(self.a * self.b / (self.a + self.b)) / (ROOT * for_it * against)
        exponent = (
            special.xlog1py(self.a - 1, np.maximum(away / for_it, -1))  # rounding may leave [0, 1]
            + special.xlog1py(self.b - 1, np.maximum(-away / against, -1))
            + (_stirling(self.a + self.b) - _stirling(self.a) - _stirling(self.b))
        )
        return np.asarray(height * np.exp(exponent))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.betainc(self.a, self.b, x))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(special.betaincinv(self.a, self.b, p))


@dataclass(frozen=True)
class Gamma:
    """A rate: ``shape`` - 1 events in ``exposure`` under a flat prior."""

    shape: float
    exposure: float

    @property
    def mean(self) -> float:
        return self.shape / self.exposure

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.shape) / self.exposure)

    @cached_property
    def breaks(self) -> Floats:
        points = _both_ends(special.gammaincinv, special.gammainccinv, self.shape)
        low = _graded(self.shape, points[0], self.shape)
        return np.unique(np.concatenate([low, points])) / self.exposure

    def pdf(self, x: Floats) -> Floats:
        away = (x - self.mean) / self.mean
        height = np.sqrt(self.shape) / (ROOT * self.mean)
        exponent = special.xlog1py(self.shape - 1, away) - self.shape * away
        return np.asarray(height * np.exp(exponent - _stirling(self.shape)))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.gammainc(self.shape, self.exposure * x))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(special.gammaincinv(self.shape, p) / self.exposure)


@dataclass(frozen=True)
class StudentT:
    """A mean with tails: ``dof`` degrees of freedom, more than one."""

    dof: float
    mean: float
    scale: float

    @property
    def sd(self) -> float:
        """Infinite with two degrees of freedom or fewer."""
        return self.scale * (self.dof / (self.dof - 2)) ** 0.5 if self.dof > 2 else np.inf  # noqa: PLR2004

    @cached_property
    def breaks(self) -> Floats:
        """Far enough out for what a heavy tail adds to the mean; the steps grow with distance."""
        end = np.arcsinh(-special.stdtrit(self.dof, TAIL ** (self.dof / (self.dof - 1))))
        return np.asarray(self.mean + self.scale * np.sinh(_even(-end, end, 0.6)))

    def pdf(self, x: Floats) -> Floats:
        half = self.dof / 2
        height = half * np.log1p(0.5 / half) + _stirling(half + 0.5) - _stirling(half) - 0.5
        away = (x - self.mean) / self.scale
        exponent = height - (half + 0.5) * np.log1p(away**2 / self.dof)
        return np.asarray(np.exp(exponent) / (ROOT * self.scale))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.stdtr(self.dof, (x - self.mean) / self.scale))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(self.mean + self.scale * special.stdtrit(self.dof, p))


@dataclass(frozen=True)
class Normal:
    """A mean that so many units tell of that its tails are thin."""

    mean: float
    sd: float

    @cached_property
    def breaks(self) -> Floats:
        return np.asarray(self.mean + self.sd * _even(-8, 8, 1.5))

    def pdf(self, x: Floats) -> Floats:
        away = (x - self.mean) / self.sd
        return np.asarray(np.exp(-(away**2) / 2) / (ROOT * self.sd))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr((x - self.mean) / self.sd))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(self.mean + self.sd * special.ndtri(p))


@dataclass(frozen=True)
class LogNormal:
    """A mean whose logarithm is normal with ``mu`` and ``sigma``: what the lift model leaves."""

    mu: float
    sigma: float

    @property
    def mean(self) -> float:
        return float(np.exp(self.mu + self.sigma**2 / 2))

    @property
    def sd(self) -> float:
        return float(self.mean * np.sqrt(np.expm1(self.sigma**2)))

    @cached_property
    def breaks(self) -> Floats:
        """The mean is made ``sigma`` further out than the density, so the end is as well."""
        steps = _even(-8, 8 + self.sigma, min(1.5, 1 / self.sigma))
        return np.asarray(np.exp(self.mu + self.sigma * steps))

    def pdf(self, x: Floats) -> Floats:
        away = (np.log(x) - self.mu) / self.sigma
        return np.asarray(np.exp(-(away**2) / 2) / (ROOT * self.sigma * x))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr((np.log(x) - self.mu) / self.sigma))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(np.exp(self.mu + self.sigma * special.ndtri(p)))


def _both_ends(inverse: np.ufunc, inverse_of_rest: np.ufunc, *shapes: float) -> Floats:
    """Quantiles at ``LEVELS``: the upper half by its distance from 1, which rounding spares."""
    half = LEVELS[: len(LEVELS) // 2]
    return np.append(inverse(*shapes, half), inverse_of_rest(*shapes, half)[::-1])


def _graded(shape: float, nearest: float, farthest: float) -> Floats:
    """Ever smaller steps towards an end where a small shape that is not whole has a sharp bend."""
    if shape > SMOOTH or shape == int(shape) or nearest <= 0:
        return np.empty(0)
    return np.geomspace(nearest, farthest, 24)[:-1]


def _even(start: float, end: float, step: float) -> Floats:
    """Points from ``start`` to ``end``, at most ``step`` apart."""
    return np.linspace(start, end, 1 + int(np.ceil((end - start) / step)))


def _stirling(x: float) -> float:
    """What Stirling's formula of log Γ(x) leaves out; by its series where that is exact."""
    if x < 16:  # noqa: PLR2004
        return float(special.gammaln(x) - (x - 0.5) * np.log(x) + x - np.log(ROOT))
    inverse = 1 / x**2
    return (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x
