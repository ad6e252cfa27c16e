"""Brought: what each goal of an experiment came to in each arm, without any judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars.instants import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regulars.hooks.trials import Goal, Happened, Outcome, Trial

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Brought:
    """What ``goal`` came to in one ``arm``.

    ``units`` were given the arm. ``total`` is how many of them did it, for ``count`` how often,
    for ``revenue`` and ``ratio`` the sum. ``value`` is that by unit; a ratio; for ``mean`` the mean
    over those with any, for ``time`` the mean of days until the first. None where nothing was.
    """

    goal: Goal
    arm: str
    units: int
    total: float
    value: float | None


def brought(trial: Trial) -> tuple[Brought, ...]:
    """What each goal came to in each arm, in the order of the goals and of the arms."""
    units = np.bincount(trial.units.arm, minlength=len(trial.arms)).astype(np.float64)
    return tuple(
        Brought(outcome.goal, arm, int(units[place]), float(total[place]), _finite(value[place]))
        for outcome in trial.outcomes
        for total, value in (_by_arm(trial, outcome, units),)
        for place, arm in enumerate(trial.arms)
    )


def _by_arm(trial: Trial, outcome: Outcome, units: Floats) -> tuple[Floats, Floats]:
    """The total and the value of each arm; NaN where there is none."""
    events, size = outcome.happened, len(trial.units)
    times = np.bincount(events.unit, minlength=size).astype(np.float64)
    did = _sum(trial, (times > 0).astype(np.float64))
    added = _added(events, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        match outcome.goal.kind:
            case "conversion":
                return did, did / units
            case "mean":
                return did, _sum(trial, np.nan_to_num(added / times)) / did
            case "time":
                return did, _sum(trial, _days(trial, events)) / did
            case "ratio":
                against = outcome.against or events
                return _sum(trial, added), _sum(trial, added) / _sum(trial, _added(against, size))
            case _:
                return _sum(trial, added), _sum(trial, added) / units


def _added(events: Happened, size: int) -> Floats:
    return np.bincount(events.unit, events.amount, minlength=size).astype(np.float64)


def _sum(trial: Trial, values: Floats) -> Floats:
    sums = np.bincount(trial.units.arm, values, minlength=len(trial.arms))
    return sums.astype(np.float64)


def _days(trial: Trial, events: Happened) -> Floats:
    """The days until each unit's first event; 0 without any."""
    unit, first = np.unique(events.unit, return_index=True)  # events come by time
    days = np.zeros(len(trial.units))
    days[unit] = (events.at[first] - trial.units.at[unit]) / DAY
    return days


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
