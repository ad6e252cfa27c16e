"""Delays: how much of what a unit will bring is to be expected of it by now.

Without this, an arm that was given to many just now seems to bring little. A unit whose window is
still open counts as the share of the delays that has passed for it, as in Chapelle 2014 (KDD,
1097-1105) and Vernade, Cappé and Perchet 2017 (UAI).

Delays that are longer than a unit has been watched are not seen, so shares are found backwards in
time: of the events that came by delay t, to units that are watched as long, how many came at t
(Lagakos, Barraj and De Gruttola 1988, *Biometrika* 75, 515-523). A few events say little, so an
arm's are taken together with those of all arms, and these with even delays. What comes later than
anybody has been watched is not known, and held to be the same for all arms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars_models.bayes_ab.measures import counted

if TYPE_CHECKING:
    from regulars.hooks import Outcome, Trial

    from regulars_models.bayes_ab.measures import Floats, PerUnit, Whole

STEPS = 48  # of a window
EVEN = 5.0  # events that the delays of all arms take from even ones
SHARED = 20.0  # events that the delays of an arm take from those of all arms


def matured(trial: Trial, outcome: Outcome, seen: PerUnit, *, first: bool) -> Floats:
    """The share of its events that each unit in ``seen`` has had time for, 0 to 1.

    ``first`` is for goals of which only a unit's first event counts.
    """
    came, possible = _counts(trial, outcome, first=first)
    even = 1 / np.arange(1, STEPS + 1)
    everywhere = (came.sum(axis=0) + EVEN * even) / (possible.sum(axis=0) + EVEN)
    passed = _passed((came + SHARED * everywhere) / (possible + SHARED))
    place = seen.seen * STEPS
    before = np.minimum(place.astype(int), STEPS - 1)
    low, high = passed[seen.arm, before], passed[seen.arm, before + 1]
    return np.asarray(low + (place - before) * (high - low))


def _counts(trial: Trial, outcome: Outcome, *, first: bool) -> tuple[Floats, Floats]:
    """Arms by steps of delay: events that came in a step, and those that came by it.

    Only events of units that are watched to the end of the step: of others it is half seen.
    """
    units, within = trial.units, outcome.goal.within
    unit, at, _ = counted(outcome.happened, outcome, units, trial.now)
    if first:
        unit, place = np.unique(unit, return_index=True)  # events are sorted by time
        at = at[place]
    step = -(-(at - units.at[unit]) * STEPS // within)  # 1 to STEPS, rounded up
    watched = np.minimum((trial.now - units.at[unit]) * STEPS // within, STEPS)
    whole = step <= watched
    arm, step, watched = units.arm[unit][whole], step[whole], watched[whole]
    came = _table(arm, step - 1, len(trial.arms))
    left = _table(arm, watched, len(trial.arms))
    return came[:, :STEPS], np.cumsum(came - left, axis=1)[:, :STEPS]


def _table(arm: Whole, step: Whole, arms: int) -> Floats:
    wide = STEPS + 1
    flat = np.bincount(arm * wide + step, minlength=arms * wide)
    return flat.reshape(arms, wide).astype(np.float64)


def _passed(hazard: Floats) -> Floats:
    """Arms by 0 to STEPS: the share of delays that has passed; none at first, all at the end."""
    later = np.cumprod((1 - hazard)[:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([later, np.ones((len(hazard), 1))], axis=1)
