"""Evidence: what a goal's events say of the arms by an instant, however these were given out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .bandits.adaptive import weighed
from .cuped import adjust
from .effects import measured
from .measures import per_unit, statistics

if TYPE_CHECKING:
    from regulars.hooks import Goal, Outcome, Trial

    from .cuped import Adjusted
    from .effects import Effects
    from .measures import Floats, Mask, PerUnit, Whole


@dataclass(frozen=True)
class Evidence:
    """What has been seen of ``goal``, by arm.

    ``units`` were exposed; ``value`` is what an arm brings by the very sums that the effects are
    made of, NaN where that can't be said. ``waiting`` of them all are still within their window.
    ``adjusted`` is what CUPED made of it, if it was asked for.
    """

    goal: Goal
    effects: Effects
    units: Whole
    value: Floats
    waiting: int
    adjusted: Adjusted | None = None


def evidence(
    trial: Trial, outcome: Outcome, until: int | None = None, cuped: str | None = None
) -> Evidence:
    """What is known by ``until`` (None is now), adjusted by the trait ``cuped`` if there is one.

    Of a bandit's data the trait is not used: their weights have explained the arms already.
    """
    exposed = per_unit(trial, outcome, until)
    seen, arms = _counted(trial, exposed), len(trial.arms)
    effects, adjusted = _effects(trial, outcome, seen, cuped)
    sums = seen.sums(arms)
    return Evidence(
        outcome.goal,
        effects,
        np.bincount(exposed.arm, minlength=arms),
        np.where(sums.bottom > 0, sums.top / np.where(sums.bottom > 0, sums.bottom, 1.0), np.nan),
        int(np.count_nonzero(exposed.seen < 1)),
        adjusted,
    )


def effects_of(trial: Trial, outcome: Outcome, where: Mask, cuped: str | None = None) -> Effects:
    """The effects among the units ``where``, now; adjusted as those of all are."""
    seen = _counted(trial, per_unit(trial, outcome, None, where))
    return _effects(trial, outcome, seen, cuped)[0]


def _counted(trial: Trial, exposed: PerUnit) -> PerUnit:
    return weighed(trial, exposed) if trial.adaptive else exposed


def _effects(
    trial: Trial, outcome: Outcome, seen: PerUnit, cuped: str | None
) -> tuple[Effects, Adjusted | None]:
    effects = measured(trial.arms, statistics(outcome, seen, len(trial.arms)))
    if cuped is None or trial.adaptive:
        return effects, None
    adjusted = adjust(effects, seen, trial.units.traits[cuped])
    return adjusted.effects, adjusted
