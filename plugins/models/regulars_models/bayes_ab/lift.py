"""Lifts: what is known of all arms together when they are thought to be much alike.

The log of each arm's mean is theta_k ~ N(mu, tau² / 2), mu flat: the log ratio of any two arms is
N(0, tau²) before there is data, whichever is the control, so relabelling the arms relabels the
result. For two arms this is the conjugate normal on the log ratio. A normal model with exchangeable
means: Lindley and Smith 1972, JRSS B 34, 1-41; Gelman et al., Bayesian Data Analysis, chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from .effects import SURE
from .ranking import Arms, ranked

if TYPE_CHECKING:
    from .effects import Effects
    from .measures import Floats

VAGUE = 4.0  # a variance of a logarithm above which nothing is known: a factor of 7 is one sd


@dataclass(frozen=True)
class Lift:
    """One arm by another, as a share: 0.1 is a tenth more.

    ``mean`` is that of the logarithm, so the median of the lift; ``low`` and ``high`` bound its
    middle, ``positive`` is the probability of being above zero.
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
    Whoever wants lifts alone doesn't wait for the arms to be ranked: that is done when asked for.
    """

    names: tuple[str, ...]
    centre: Floats
    covariance: Floats
    mean: Floats
    informed: bool
    arms: Arms = field(repr=False)
    smaller: bool = False

    @property
    def p_best(self) -> Floats:
        """The probability of each arm to be the best; together 1."""
        return self._ranked[0]

    @property
    def expected_loss(self) -> Floats:
        """What choosing each arm costs on average, in the goal's own unit."""
        return self._losses * (1.0 if self.informed else 0.0)

    @property
    def relative_loss(self) -> Floats:
        """The same as a share of the arm's mean."""
        return self._losses / _means(self.arms)

    @cached_property
    def _ranked(self) -> tuple[Floats, float]:
        return ranked(self.arms, smaller=self.smaller)

    @cached_property
    def _losses(self) -> Floats:
        means, extreme = _means(self.arms), self._ranked[1]
        return np.asarray(np.maximum(means - extreme if self.smaller else extreme - means, 0.0))

    def lift(self, arm: int) -> Lift:
        """The relative lift of ``arm`` over the control with its credible interval of 95 %."""
        d, sd = self._difference(arm)
        low, high = (np.expm1(d + z * sd) for z in (-SURE, SURE))
        return Lift(self.names[arm], float(np.expm1(d)), float(low), float(high), _above(d, sd))

    def p_beats(self, arm: int) -> float:
        """The probability that ``arm`` has a larger mean than the control."""
        return _above(*self._difference(arm))

    def interval(self, arm: int) -> tuple[float, float]:
        """The credible interval of 95 % of one arm's mean in the goal's own unit."""
        if not self.informed:
            return 0.0, 0.0
        sd = float(np.sqrt(self.covariance[arm, arm]))
        low, high = (float(np.exp(self.centre[arm] + z * sd)) for z in (-SURE, SURE))
        return low, high

    def _difference(self, arm: int) -> tuple[float, float]:
        c = self.covariance
        variance = c[arm, arm] + c[0, 0] - 2 * c[arm, 0]
        return float(self.centre[arm] - self.centre[0]), float(np.sqrt(max(variance, 0.0)))


def posterior(effects: Effects, tau: float, *, smaller: bool = False) -> LiftPosterior:
    """What ``effects`` say under a lift prior N(0, ``tau``²); ``smaller`` means less is better.

    Raises ValueError unless ``tau`` is positive and finite.
    """
    if not 0 < tau < np.inf:
        raise ValueError(f"the width of the lift prior is {tau}; it must be positive")
    arms = _arms(effects, tau * tau / 2)
    informed = arms.level_variance > 0
    covariance = np.diag(arms.own) + arms.level_variance * np.outer(arms.share, arms.share)
    return LiftPosterior(
        names=effects.names,
        centre=arms.centre,
        covariance=covariance,
        mean=_means(arms) * (1.0 if informed else 0.0),
        informed=informed,
        arms=arms,
        smaller=smaller,
    )


def _means(arms: Arms) -> Floats:
    """The mean of each log-normal."""
    return np.asarray(np.exp(arms.centre + arms.variance / 2))


def _arms(effects: Effects, s: float) -> Arms:
    """The posterior of the level and, given it, of each arm; ``s`` is the variance around it."""
    known = effects.v <= VAGUE
    v = np.where(known, effects.v, 1.0)
    share = np.where(known, v / (v + s), 1.0)
    own = np.where(known, v * s / (v + s), s)
    weight = np.where(known, 1 / (v + s), 0.0)
    total = float(weight.sum())
    informed = total > 0
    level = float((weight * effects.y).sum() / total) if informed else 0.0
    fixed = (1 - share) * np.where(known, effects.y, 0.0)
    return Arms(fixed, share, own, level, 1 / total if informed else 0.0)


def _above(d: float, sd: float) -> float:
    return float(ndtr(d / sd)) if sd > 0 else 0.5 + 0.5 * float(np.sign(d))
