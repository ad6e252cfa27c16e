"""What all customers together teach: how gaps, weekdays and hours are spread over them.

The logarithms of a customer's gaps are normal; their means are normal over customers, their
variances inverse-gamma: Smyth, *Statistical Applications in Genetics and Molecular Biology* 3
(2004), article 3, section 6.2. Weekdays and hours are Dirichlet-multinomial: Mosimann, *Biometrika*
49 (1962), 65-82. All is found by moments.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .past import Floats, Past, Visits, Whole

LEAST_WEIGHT, MOST_WEIGHT = 0.5, 1e4  # visits or gaps that the shop's habit stands for
USUAL_SPREAD = 0.5  # of a logarithm: where nobody came three times, gaps differ by half
LONGER = 1.5  # times the usual gap: then a visit was left out
SEVERAL = 3  # gaps, of which one can be called longer
RARE, OFTEN = 0.05, 0.5  # everybody is ill or away now and then


@dataclass(frozen=True)
class Rhythm:
    """The shop's own rhythm, and how much each customer's is like it.

    ``usual`` is the mean of the logarithm of gaps in days, ``between`` its variance over customers.
    ``within`` is the usual variance of one customer's gaps and ``weight`` for how many gaps it
    counts. ``weekdays`` and ``hours`` are shares of visits, that count for so many. ``skipped`` is
    how often a customer leaves a visit out.
    """

    usual: float
    between: float
    within: float
    weight: float
    weekdays: Floats
    weekdays_count: float
    hours: Floats
    hours_count: float
    skipped: float

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Self:
        """From what ``parameters`` gave."""
        values = {each.name: parameters[each.name] for each in fields(cls)}
        shares = {name: np.asarray(values[name], np.float64) for name in ("weekdays", "hours")}
        return cls(**values | shares)

    def parameters(self) -> dict[str, Any]:
        """As JSON."""
        whole = asdict(self)
        return whole | {name: whole[name].tolist() for name in ("weekdays", "hours")}


def learn(known: Past, seen: Visits) -> Rhythm:
    """What is learned from customers of whom at least one has a gap."""
    within, weight = _variances(known)
    some = known.gaps > 0
    gaps, mean = known.gaps[some], known.mean[some]
    noise = shrunk(known, within, weight)[some] / gaps
    between = float(max(mean.var(ddof=1) - noise.mean(), 0.0)) if len(mean) > 1 else 0.0
    sure = 1 / (between + noise)
    usual = float(sure @ mean / sure.sum())
    weekdays, hours = _shares(known.weekdays), _shares(known.hours)
    return Rhythm(
        usual,
        between,
        within,
        weight,
        weekdays,
        _count(known.weekdays, weekdays),
        hours,
        _count(known.hours, hours),
        _skipped(known, seen),
    )


def rounding(mean: Floats) -> Floats:
    """The variance that a gap's logarithm has at least, because it is told in whole days."""
    return np.exp(-2 * mean) / 12


def shrunk(known: Past, within: float, weight: float) -> Floats:
    """The variance of each customer's gaps, shrunk to the usual one."""
    free = np.maximum(known.gaps - 1, 0)
    own = (weight * within + known.squares) / (weight + free)
    return np.asarray(np.maximum(own, rounding(known.mean)))


def _variances(known: Past) -> tuple[float, float]:
    """The usual variance of one customer's gaps, and its degrees of freedom."""
    several = known.gaps > 1
    if not several.any():
        return USUAL_SPREAD**2, LEAST_WEIGHT
    free = known.gaps[several] - 1.0
    own = np.maximum(known.squares[several] / free, rounding(known.mean[several]))
    logs = np.log(own) - special.digamma(free / 2) + np.log(free / 2)
    more = 0.0
    if len(logs) > 1:
        more = float(logs.var(ddof=1) - special.polygamma(1, free / 2).mean())
    half = _inverse_trigamma(more) if more > 0 else MOST_WEIGHT / 2
    half = float(np.clip(half, LEAST_WEIGHT / 2, MOST_WEIGHT / 2))
    within = np.exp(logs.mean() + special.digamma(half) - np.log(half))
    return float(within), 2 * half


def _inverse_trigamma(value: float) -> float:
    """By Newton's method on 1 / trigamma, which is convex and nearly straight; Smyth's appendix."""
    found = 0.5 + 1 / value
    for _ in range(50):
        at = float(special.polygamma(1, found))
        step = at * (1 - at / value) / float(special.polygamma(2, found))
        found += step
        if -step < 1e-9 * found:
            break
    return found


def _shares(counts: Whole) -> Floats:
    """Of all visits, each with a little: nothing is impossible."""
    total = counts.sum(axis=0) + 1 / counts.shape[1]
    return np.asarray(total / total.sum())


def _count(counts: Whole, shares: Floats) -> float:
    """For how many visits the shop's shares stand in a customer's own.

    Two visits of one customer agree with the chance (a S + 1) / (a + 1), where S is that of two
    visits of anybody: from how often they do follows a.
    """
    visits = counts.sum(axis=1)
    several = visits > 1
    if not several.any():
        return MOST_WEIGHT
    pairs = (counts[several] * (counts[several] - 1)).sum(axis=1) / visits[several]
    agree, anybody = float(pairs.sum() / (visits[several] - 1).sum()), float(shares @ shares)
    if agree <= anybody:
        return MOST_WEIGHT
    return float(np.clip((1 - agree) / (agree - anybody), LEAST_WEIGHT, MOST_WEIGHT))


def _skipped(known: Past, seen: Visits) -> float:
    """How often a gap is so much longer than the customer's usual one that a visit was left out."""
    whose, gap = seen.gaps()
    several = known.gaps[whose] >= SEVERAL
    if not several.any():
        return RARE
    longer = np.log(gap[several]) - known.mean[whose][several] > np.log(LONGER)
    return float(np.clip(longer.mean(), RARE, OFTEN))
