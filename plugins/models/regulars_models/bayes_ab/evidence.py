"""Evidence: what a goal's events say of the arms by an instant, however these were given out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import adaptive
from .cuped import adjust
from .effects import measured
from .measures import measure, per_unit, statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regulars.hooks import Goal, Outcome, Trial

    from .cuped import Adjusted
    from .effects import Effects
    from .measures import Floats


@dataclass(frozen=True)
class Evidence:
    """What has been seen of ``goal``, by arm.

    ``units`` were exposed; the value of an arm is ``top`` by ``bottom``, see ``measures``.
    ``waiting`` of them all are still within their window. ``adjusted`` is what CUPED made of it,
    if it was asked for.
    """

    goal: Goal
    effects: Effects
    units: Floats
    top: Floats
    bottom: Floats
    waiting: int
    adjusted: Adjusted | None = None


def evidence(
    trial: Trial, outcome: Outcome, until: int | None = None, cuped: str | None = None
) -> Evidence:
    """What is known by ``until`` (None is now), adjusted by the trait ``cuped`` if there is one.

    Of a bandit's data the trait is not used: their weights have explained the arms already.
    """
    seen = per_unit(trial, outcome, until)
    arms = len(trial.arms)
    sums = seen.sums(arms)
    adjusted = None
    if trial.adaptive:
        effects = adaptive.effects(trial, outcome, until)
    else:
        effects = measured(trial.arms, statistics(outcome, seen, arms))
        if cuped is not None:
            adjusted = adjust(effects, seen, trial.units.traits[cuped])
            effects = adjusted.effects
    waiting = int(np.count_nonzero(seen.seen < 1))
    return Evidence(outcome.goal, effects, sums.n, sums.top, sums.bottom, waiting, adjusted)


def effects_of(
    trial: Trial, outcome: Outcome, where: NDArray[np.bool_], cuped: str | None = None
) -> Effects:
    """The effects among the units ``where``, now; adjusted as those of all are."""
    if trial.adaptive:
        return adaptive.effects(trial, outcome, None, where)
    effects = measured(trial.arms, measure(trial, outcome, None, where))
    if cuped is None:
        return effects
    seen = per_unit(trial, outcome, None, where)
    return adjust(effects, seen, trial.units.traits[cuped]).effects
