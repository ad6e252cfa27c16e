"""Effects by segment, each borrowing strength from the others.

The log ratio of an arm to the control in segment s is theta_s ~ N(mu, sigma²) around an effect mu
common to all, N(0, tau²) by the lift prior. How much segments differ, sigma, is not known either:
it is half-normal with scale tau (segments hardly differ by more than lifts do), and is integrated
over by quadrature. Where segments are small or alike, all come close to the common effect; where
a large one differs, it is believed. Gelman et al., *Bayesian Data Analysis*, 3rd edition, sections
5.4 to 5.7; Gelman 2006, *Bayesian Analysis* 1, 515-534, on the prior of sigma.

Segments may overlap: a customer who is in two counts in both. So the result of a segment is of
everybody inside it, results of segments don't add up to the whole, and what two segments share is
taken into account as a correlation of their estimates (n_both / √(n_one · n_other) in each arm),
so that the same customers are not taken for two witnesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from .evidence import effects_of
from .numerics import bisected, legendre

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import Outcome, Trial

    from .effects import Effects
    from .measures import Floats

NODES, WEIGHTS = legendre(40)
FARTHEST = 5.0  # times its scale, beyond which a half-normal has nothing left
VAGUE = 9.0  # a variance of a log ratio above which nothing is known


@dataclass(frozen=True)
class SegmentLift:
    """One arm by the control inside a segment of ``n`` units, both arms together.

    ``mean`` and ``low`` to ``high`` are relative: 0.1 is a tenth more. ``alone`` is the lift by
    the segment's own data without any prior, None where these say nothing. ``positive`` is the
    probability of being above zero. ``smallest_lift`` is what these data alone can find.
    """

    segment: str
    arm: str
    n: int
    alone: float | None
    mean: float
    low: float
    high: float
    positive: float
    smallest_lift: float


@dataclass(frozen=True)
class Pooled:
    """Mixtures of normals, over how much segments differ: ``weights`` by ``means``, ``sds``."""

    weights: Floats
    means: Floats  # nodes by segments
    sds: Floats

    def above(self, x: Floats | float) -> Floats:
        """The probability that each segment's log ratio is above ``x``."""
        return np.asarray(self.weights @ ndtr((self.means - x) / self.sds))

    def quantile(self, p: float) -> Floats:
        """Below it each segment's log ratio is with probability ``p``."""
        low = (self.means - 10 * self.sds).min(axis=0)
        high = (self.means + 10 * self.sds).max(axis=0)
        return bisected(lambda x: 1 - self.above(x) < p, low, high)


def pool(d: Floats, covariance: Floats, tau: float) -> Pooled:
    """What segments' log ratios ``d`` say together; a row of infinite variance says nothing.

    Raises ValueError unless ``tau`` is positive and finite.
    """
    if not 0 < tau < np.inf:
        raise ValueError(f"the width of the lift prior is {tau}; it must be positive")
    sigma = tau * FARTHEST * (1 + NODES) / 2
    told = np.diag(covariance) < VAGUE
    inside = d[told], covariance[np.ix_(told, told)]
    solved = [_given(*inside, told, tau, each) for each in sigma]
    log = np.array([each[0] for each in solved]) - (sigma / tau) ** 2 / 2 + np.log(WEIGHTS)
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    means, variances = (np.array([each[place] for each in solved]) for place in (1, 2))
    return Pooled(weights, means, np.sqrt(variances))


def by_segment(
    trial: Trial,
    outcome: Outcome,
    tau: float,
    finds: Callable[[float], float],
    cuped: str | None = None,
) -> tuple[SegmentLift, ...]:
    """The lift of every arm over the control in every segment of ``trial``, segment by segment.

    ``finds`` tells the smallest lift that a log ratio of some variance can find. Each is adjusted
    by the trait ``cuped``, if there is one, within its own segment.
    """
    masks = {name: mask for name, mask in trial.units.segments.items() if mask.any()}
    if not masks:
        return ()
    effects = [effects_of(trial, outcome, mask, cuped) for mask in masks.values()]
    segments = _Segments(tuple(masks), effects, _overlaps(trial, list(masks.values())))
    rows = [segments.lifts(arm, tau, finds) for arm in range(1, len(trial.arms))]
    return tuple(lift for segment in zip(*rows, strict=True) for lift in segment)


@dataclass(frozen=True)
class _Segments:
    """By segment; ``both`` is how many units of each arm are inside two of them."""

    names: tuple[str, ...]
    effects: Sequence[Effects]
    both: Floats  # arms by segments by segments

    def lifts(self, arm: int, tau: float, finds: Callable[[float], float]) -> list[SegmentLift]:
        y = np.array([each.y[[0, arm]] for each in self.effects])
        v = np.array([each.v[[0, arm]] for each in self.effects])
        pooled = pool(y[:, 1] - y[:, 0], _covariance(v, self.both[[0, arm]]), tau)
        mean, low, high = (np.expm1(pooled.quantile(p)) for p in (0.5, 0.025, 0.975))
        alone, told = np.expm1(y[:, 1] - y[:, 0]), v.sum(axis=1) < VAGUE
        n, positive = self.both[[0, arm]].sum(axis=0).diagonal(), pooled.above(0.0)
        return [
            SegmentLift(
                segment=name,
                arm=self.effects[s].names[arm],
                n=int(n[s]),
                alone=float(alone[s]) if told[s] else None,
                mean=float(mean[s]),
                low=float(low[s]),
                high=float(high[s]),
                positive=float(positive[s]),
                smallest_lift=finds(float(v[s].sum())),
            )
            for s, name in enumerate(self.names)
        ]


def _overlaps(trial: Trial, masks: Sequence[NDArray[np.bool_]]) -> Floats:
    """Arms by segments by segments: how many units are inside both."""
    units = trial.units
    inside = np.stack(masks, axis=1) & (units.at <= trial.now)[:, None]
    shared = [inside[units.arm == arm].astype(float) for arm in range(len(trial.arms))]
    return np.stack([each.T @ each for each in shared])


def _covariance(v: Floats, both: Floats) -> Floats:
    """Of segments' log ratios; ``v`` (segments by two arms) and how many units are ``both``."""
    total = np.zeros(both.shape[1:])
    for arm in range(2):
        n = both[arm].diagonal()
        alike = both[arm] / np.sqrt(np.maximum(np.outer(n, n), 1))
        sd = np.sqrt(np.where(np.isfinite(v[:, arm]), v[:, arm], 0.0))
        total += alike * np.outer(sd, sd)
    return np.asarray(total + np.diag(np.where(np.isfinite(v).all(axis=1), 0.0, np.inf)))


def _given(
    d: Floats, covariance: Floats, told: NDArray[np.bool_], tau: float, sigma: float
) -> tuple[float, Floats, Floats]:
    """The log likelihood of ``sigma``, and each segment's mean and variance given it.

    Together the segments' effects are normal with the covariance tau² + sigma² I, so this is one
    regression of normals; those that say nothing are told by the others.
    """
    prior = tau**2 + sigma**2 * np.eye(len(told))
    to_told = prior[:, told]
    solve = np.linalg.inv(to_told[told] + covariance) if len(d) else np.empty((0, 0))
    _, logdet = np.linalg.slogdet(solve) if len(d) else (1.0, 0.0)
    gain = to_told @ solve
    variances = np.diag(prior) - np.einsum("ij,ij->i", gain, to_told)
    return float(logdet - d @ solve @ d) / 2, gain @ d, np.maximum(variances, 1e-300)
