"""Power: what an experiment of a given size can find, and how long each rule needs.

For every rule by the same recursive integration as its bounds (Jennison and Turnbull 2000,
chapters 3 and 19), under a drift instead of none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from .rules import Rule, peeking, rules
from .sequential import always, crossing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .decision import Plan
    from .measures import Floats

POWER = 0.8
STEPS = 28  # looks at most: a longer "daily" is thinned to these, evenly
LONGEST = 3650  # days; beyond ten years nobody waits
STRONGEST = 12.0  # a drift that any rule finds


@dataclass(frozen=True)
class Need:
    """How long ``rule`` takes.

    ``days`` is the horizon at which it finds the lift with 80 % power, None if ten years are too
    short. ``typical`` is when it then stops on average, where the lift is real. ``measured`` are
    its error rates as measured (see ``peeking``).
    """

    rule: Rule
    days: int | None
    typical: float | None
    measured: Mapping[str, float]


def unit_variance(rate: float) -> float:
    """The variance of the log of a conversion ``rate``, times the units that it was seen among."""
    return (1 - rate) / rate if rate > 0 else float("inf")


def smallest_lift(v: float, plan: Plan, arms: int = 2, power: float = POWER) -> float:
    """The smallest relative lift that is found with ``power`` by the end of the horizon.

    ``v`` is the variance that the log ratio of an arm and the control will have then; where there
    is no end, that of the day on which somebody looks. Infinite if nothing will be known.
    """
    if not v < np.inf:
        return float("inf")
    shared = replace(plan, alpha=plan.level(arms))
    far = float(always(v, shared.alpha) + ndtri(power)) if plan.lasting else _drift(shared, power)
    return float(np.expm1(min(far * np.sqrt(v), 700.0)))


@lru_cache(maxsize=64)
def _drift(plan: Plan, power: float) -> float:
    """What z has to be on average at the horizon, to be found with ``power``."""
    rule = rules(plan)[0]
    variances = plan.looks / np.arange(1, plan.looks + 1)

    def missing(drift: float) -> float:
        return _found(rule, variances, drift)[0] - power

    return float(brentq(missing, 0.0, STRONGEST, xtol=1e-6))


def days_needed(rule: Rule, v: float, lift: float) -> tuple[int, float] | None:
    """The days until ``rule`` finds the relative ``lift`` with 80 % power, and when it stops.

    ``v`` is the variance of the log ratio after one day. The stop is the mean over experiments in
    which the lift is real. None if ten years are too short.
    """
    effect = abs(float(np.log1p(lift)))
    if effect <= 0 or not v < np.inf:
        return None
    short, long = 0, 1
    while _over(rule, long, v, effect)[0] < POWER:
        short, long = long, 2 * long
        if short >= LONGEST:
            return None
    while long - short > 1:
        middle = (short + long) // 2
        if _over(rule, middle, v, effect)[0] < POWER:
            short = middle
        else:
            long = middle
    return long, _over(rule, long, v, effect)[1] * long


def needs(base: float, lift: float, per_day: float, plan: Plan) -> tuple[Need, ...]:
    """What each rule needs to find a relative ``lift`` of a conversion rate ``base``.

    ``per_day`` units come each day, half of them to each of two arms.
    """
    units = per_day / 2
    v = unit_variance(base) + unit_variance(min(base * (1 + lift), 1.0))
    measured = peeking()["rules"]
    made = []
    for rule in rules(plan):
        found = days_needed(rule, v / units, lift) if units > 0 else None
        days, typical = found or (None, None)
        made.append(Need(rule, days, typical, measured.get(rule.id, {})))
    return tuple(made)


def _over(rule: Rule, days: int, v: float, effect: float) -> tuple[float, float]:
    steps = min(days, STEPS)
    variances = v / days * (steps / np.arange(1, steps + 1))
    return _found(rule, variances, effect / np.sqrt(v / days))


def _found(rule: Rule, variances: Floats, drift: float) -> tuple[float, float]:
    """The probability to decide for the better arm, and the mean stop as a share of the horizon."""
    limits = rule.limits(variances)
    up, down = crossing(limits, 1 / variances, drift)
    share = variances[-1] / variances
    stopped = up + down
    return float(up.sum()), float((stopped * share).sum() + max(1 - stopped.sum(), 0.0))
