"""Baselines: what anybody could have said without a model, told apart by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars.instants import DAY
from regulars.playbook.traits import event_and_property

from .logistic import logistic
from .measures import beginning, came, per_customer
from .quality import PROBABLE, RECENCY, Quality

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from regulars.hooks.predictions import Foresees, ModelData

    Floats = NDArray[np.float64]

FREQUENCY = "frequency alone"
BEFORE = "as in the time before"
LOGISTIC = "logistic on RFM"


@dataclass(frozen=True)
class _Habit:
    """What is known of each customer at an instant: days, a count, and the mean of an amount.

    ``recency`` is how long ago the last event was, of those without one how long they are known.
    """

    recency: Floats
    frequency: Floats
    monetary: Floats
    tenure: Floats

    def features(self) -> Floats:
        """A row for each customer; all are so skewed that their logarithms are looked at."""
        columns = (self.recency, self.frequency, self.monetary, self.tenure)
        return np.column_stack([*map(np.log1p, columns), self.frequency == 0])


def baselines(
    foreseen: Foresees, data: ModelData, cutoff: int, rows: NDArray[np.int64], actual: Floats
) -> dict[str, Quality]:
    """How good each baseline was for the customers in ``rows`` of ``data``, as far as it applies.

    ``data`` is as ``watched``; what happened after ``cutoff`` is looked at by none of them.
    """
    found = {}
    for name, said, counts in _said(foreseen, data, cutoff):
        theirs = said[rows]
        if name == BEFORE and foreseen.measure in PROBABLE and np.ptp(theirs) == 0:
            continue  # who can still leave hasn't left before: that tells nothing of how many will
        if counts:
            found[name] = Quality.of(foreseen.measure, theirs, actual)
        else:
            found[name] = Quality.of_rank(theirs, actual)
    return found


def _said(foreseen: Foresees, data: ModelData, cutoff: int) -> Iterator[tuple[str, Floats, bool]]:
    """What each says of every customer, and whether it tells how much or does no more than rank."""
    sign = -1.0 if foreseen.measure == "none" else 1.0
    habit = _habit(foreseen, data, cutoff)
    never = habit.frequency == 0
    yield RECENCY, sign * np.where(never, -np.inf, -habit.recency), False
    yield FREQUENCY, sign * habit.frequency, False
    yield BEFORE, came(foreseen, data, cutoff - foreseen.within, cutoff), True
    chance = _chance(foreseen, data, cutoff, habit)
    if chance is not None:
        yield LOGISTIC, chance, foreseen.measure in PROBABLE


def _chance(foreseen: Foresees, data: ModelData, cutoff: int, habit: _Habit) -> Floats | None:
    """The probability by a regression on habits, learned on the window before ``cutoff``.

    None where that window has no equal before it, or all did it in there, or none.
    """
    first, before = beginning(data), cutoff - foreseen.within
    if first is None or first > before - foreseen.within:
        return None
    then = _habit(foreseen, data, before)
    known = then.tenure > 0
    label = came(foreseen, data, before, cutoff)[known] > 0
    return logistic(then.features()[known], label, habit.features())


def _habit(foreseen: Foresees, data: ModelData, at: int) -> _Habit:
    first = np.full(len(data), at, dtype=np.int64)
    for each in data.events.values():
        oldest = np.full(len(data), at, dtype=np.int64)
        oldest[each.customer[::-1]] = each.at[::-1]  # newest first, so that the oldest one stays
        first = np.minimum(first, oldest)
    events = data.events[foreseen.event].until(at)
    last = first.copy()
    last[events.customer] = events.at  # they come by time, so that the newest one stays
    count = per_customer(events.customer, len(data), events.times)
    spent = np.zeros(len(data))
    if (name := _amount(foreseen, events.amounts)) is not None:
        amounts = np.nan_to_num(events.amounts[name])
        spent = per_customer(events.customer, len(data), amounts) / np.maximum(count, 1)
    return _Habit((at - last) / DAY, count, np.maximum(spent, 0), (at - first) / DAY)


def _amount(foreseen: Foresees, amounts: Mapping[str, Floats]) -> str | None:
    """The property that tells how much an event was worth, if any is known."""
    if foreseen.amount is not None:
        return event_and_property(foreseen.amount)[1]
    return next(iter(sorted(amounts)), None)
