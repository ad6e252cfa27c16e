"""Lifts: what is known of all arms together when they are thought to be much alike.

The log of each arm's mean is theta_k ~ N(mu, tau² / 2), mu flat: the log ratio of any two arms is
N(0, tau²) before there is data, whichever is the control, so relabelling the arms relabels the
result. For two arms this is the conjugate normal on the log ratio. A normal model with exchangeable
means: Lindley and Smith 1972, JRSS B 34, 1-41; Gelman et al., Bayesian Data Analysis, chapter 5.

Given mu the arms are independent, so probabilities and losses are integrals over mu
(Gauss-Hermite) and over one arm's value (piecewise Gauss-Legendre): a result holds no random draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from .effects import Effects, Floats

BREAKS = np.array([-9.0, -5.0, -3.0, -1.5, 0.0, 1.5, 3.0, 5.0, 9.0])
LEVELS, POINTS = 20, 10  # of mu, and in each panel
VAGUE = 9.0  # a variance of a logarithm above which nothing is known: a factor of 20 is one sd


@dataclass(frozen=True)
class Lift:
    """One arm by another, as a share: 0.1 is a tenth more.

    ``mean`` is the median of the posterior, ``low`` and ``high`` bound its middle, ``positive``
    is the probability of being above zero.
    """

    arm: str
    mean: float
    low: float
    high: float
    positive: float


@dataclass(frozen=True)
class LiftPosterior:
    """What is known of each arm, by name, the control first.

    ``centre`` and ``covariance`` are of the logs of the means. ``mean`` is each arm's mean in the
    goal's own unit, ``p_best`` the probability to be the best, ``expected_loss`` what choosing it
    costs on average in the goal's own unit, ``relative_loss`` the same as a share of its mean.
    ``informed`` is false while no arm says anything: ``mean`` and ``expected_loss`` are 0 then.
    """

    names: tuple[str, ...]
    tau: float
    centre: Floats
    covariance: Floats
    mean: Floats
    p_best: Floats
    expected_loss: Floats
    relative_loss: Floats
    informed: bool

    def lift(self, arm: int, control: int = 0, level: float = 0.95) -> Lift:
        """The relative lift of ``arm`` over ``control`` with its credible interval."""
        d, sd = self._difference(arm, control)
        low, high = (np.expm1(d + z * sd) for z in _middle(level))
        return Lift(self.names[arm], float(np.expm1(d)), float(low), float(high), _above(d, sd))

    def p_beats(self, arm: int, control: int = 0) -> float:
        """The probability that ``arm`` has the larger mean."""
        return _above(*self._difference(arm, control))

    def interval(self, arm: int, level: float = 0.95) -> tuple[float, float]:
        """The credible interval of one arm's mean in the goal's own unit."""
        if not self.informed:
            return 0.0, 0.0
        sd = float(np.sqrt(self.covariance[arm, arm]))
        low, high = (float(np.exp(self.centre[arm] + z * sd)) for z in _middle(level))
        return low, high

    def _difference(self, arm: int, control: int) -> tuple[float, float]:
        c = self.covariance
        variance = c[arm, arm] + c[control, control] - 2 * c[arm, control]
        return float(self.centre[arm] - self.centre[control]), float(np.sqrt(max(variance, 0.0)))


def posterior(effects: Effects, tau: float, *, smaller: bool = False) -> LiftPosterior:
    """What ``effects`` say under a lift prior N(0, ``tau``²); ``smaller`` means less is better.

    Raises ValueError unless ``tau`` is positive and finite.
    """
    if not 0 < tau < np.inf:
        raise ValueError(f"the width of the lift prior is {tau}; it must be positive")
    arms = _arms(effects, tau * tau / 2)
    p_best, extreme = _ranked(arms, smaller=smaller)
    means = np.exp(arms.centre + arms.variance / 2)
    losses = np.maximum(means - extreme if smaller else extreme - means, 0.0)
    covariance = np.diag(arms.own) + arms.level_variance * np.outer(arms.share, arms.share)
    unit = 1.0 if arms.informed else 0.0
    return LiftPosterior(
        names=effects.names,
        tau=tau,
        centre=arms.centre,
        covariance=covariance,
        mean=means * unit,
        p_best=p_best,
        expected_loss=losses * unit,
        relative_loss=losses / means,
        informed=arms.informed,
    )


@dataclass(frozen=True)
class _Arms:
    """theta_k = fixed + share * mu + N(0, own), mu ~ N(level, level_variance)."""

    fixed: Floats
    share: Floats
    own: Floats
    level: float
    level_variance: float
    informed: bool

    @property
    def centre(self) -> Floats:
        return self.fixed + self.share * self.level

    @property
    def variance(self) -> Floats:
        return self.own + self.share**2 * self.level_variance


def _arms(effects: Effects, s: float) -> _Arms:
    known = effects.v <= VAGUE
    v = np.where(known, effects.v, 1.0)
    share = np.where(known, v / (v + s), 1.0)
    own = np.where(known, v * s / (v + s), s)
    weight = np.where(known, 1 / (v + s), 0.0)
    total = float(weight.sum())
    informed = total > 0
    level = float((weight * effects.y).sum() / total) if informed else 0.0
    fixed = (1 - share) * np.where(known, effects.y, 0.0)
    return _Arms(fixed, share, own, level, 1 / total if informed else 0.0, informed)


def _ranked(arms: _Arms, *, smaller: bool) -> tuple[Floats, float]:
    """The probability of each arm to be best, and the expected mean of whichever is."""
    if len(arms.own) == 1:
        return np.ones(1), float(np.exp(arms.centre[0] + arms.variance[0] / 2))
    if len(arms.own) == 2:  # noqa: PLR2004 (a pair has a closed form)
        return _pair(arms, smaller=smaller)
    return _many(arms, smaller=smaller)


def _pair(arms: _Arms, *, smaller: bool) -> tuple[Floats, float]:
    """The exchange of one log-normal for another: Margrabe 1978, Journal of Finance 33, 177-186."""
    means = np.exp(arms.centre + arms.variance / 2)
    d = float(arms.centre[1] - arms.centre[0])
    apart = float(arms.own.sum() + (arms.share[1] - arms.share[0]) ** 2 * arms.level_variance)
    first, second = arms.variance
    shared = (first + second - apart) / 2
    sd = np.sqrt(apart)
    sign = -1.0 if smaller else 1.0
    p = float(ndtr(sign * d / sd))
    extreme = means[1] * ndtr(sign * (d + second - shared) / sd)
    extreme += means[0] * ndtr(sign * (first - shared - d) / sd)
    return np.array([1 - p, p]), float(extreme)


def _many(arms: _Arms, *, smaller: bool) -> tuple[Floats, float]:
    """Integrals over mu and x of f_k times the product of the others' F, by arm k."""
    nodes, weights = _hermite()
    sign = -1.0 if smaller else 1.0
    mu = arms.level + np.sqrt(arms.level_variance) * nodes
    at = sign * (arms.fixed[:, None] + arms.share[:, None] * mu)  # arms by levels
    sd = np.sqrt(arms.own)
    x, dx = _panels(at, sd)  # levels by points
    z = (x - at[:, :, None]) / sd[:, None, None]
    below = ndtr(z)
    density = np.exp(-z * z / 2) / (np.sqrt(2 * np.pi) * sd[:, None, None])
    others = np.stack([_product(below, k) for k in range(len(sd))])
    mass = density * others * dx * weights[:, None]
    top = float(arms.centre.max())
    p_best = mass.sum(axis=(1, 2))
    extreme = float((mass * np.exp(sign * x - top)).sum()) * float(np.exp(top))
    return p_best / p_best.sum(), extreme


def _product(below: Any, without: int) -> Any:
    return np.prod(np.delete(below, without, axis=0), axis=0)


def _panels(at: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Points and weights between the sorted breaks of all arms, for each level of mu."""
    nodes, weights = _legendre()
    breaks = at[:, :, None] + sd[:, None, None] * BREAKS
    edges = np.sort(breaks.transpose(1, 0, 2).reshape(at.shape[1], -1), axis=1)
    half = np.diff(edges, axis=1)[:, :, None] / 2
    x = edges[:, :-1, None] + half * (1 + nodes)
    return x.reshape(len(edges), -1), (half * weights).reshape(len(edges), -1)


@lru_cache
def _hermite() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(LEVELS)
    return nodes, weights / weights.sum()


@lru_cache
def _legendre() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    return nodes, weights


def _middle(level: float) -> tuple[float, float]:
    z = float(ndtri((1 + level) / 2))
    return -z, z


def _above(d: float, sd: float) -> float:
    return float(ndtr(d / sd)) if sd > 0 else 0.5 + 0.5 * float(np.sign(d))
