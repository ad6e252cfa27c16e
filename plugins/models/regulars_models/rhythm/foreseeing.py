"""The next order: in the days around the likely end of the present gap, the one that fits best.

Given that nothing came yet, the gap ends as likely as not before its conditional median. Among the
twelve days around that, today at the earliest, the likeliest is taken: by the gap's density, which
has a lower hump after each usual gap that was left out, times the share of the weekday.

Who stayed away longer than is usual for them, and left out more visits than happens by accident,
has stopped: of them nothing is foreseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from .learning import RARE
from .past import MONDAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .habit import Habit
    from .past import Floats, Whole

DAYS, BEFORE = 12, 5  # that are looked at, and how many of these before the median
FAR = 730  # days: what lies further ahead can't be said
HOURS = np.arange(24)
UNUSUAL = 0.95  # of a customer's gaps are shorter than one that is called unusual


@dataclass(frozen=True)
class Foreseen:
    """Arrays with a row a customer: the next order's ``day`` and ``hour``, and ``overdue``.

    ``untold`` says that there is no day to tell: it is too far ahead, or the customer has stopped.
    """

    day: Whole
    hour: Whole
    overdue: Floats
    untold: NDArray[np.bool_]


def foresee(habit: Habit, skipped: float, last: Whole, today: Whole, hour: Whole) -> Foreseen:
    """What comes after a visit on the day ``last``, as of ``hour`` of ``today``."""
    since = today - last
    z = (np.log(np.maximum(since - 0.5, 1e-9)) - habit.mean) / habit.scale
    longer = special.stdtr(habit.free, -z)  # the share of gaps that last at least until today
    median = np.exp(habit.mean - habit.scale * special.stdtrit(habit.free, longer / 2))
    far = ~(median - since < FAR)
    first = np.maximum(since + (hour == HOURS[-1]), 1)  # no hour is left after the last one
    middle = np.where(far, first, np.rint(np.where(far, 1.0, median))).astype(np.int64)
    start = np.maximum(first, middle - BEFORE)
    left = _left(habit.hours, hour)
    gap = _best(habit, skipped, last, start, np.where(start == since, left, 1.0))
    return Foreseen(
        last + gap,
        _hour(habit.hours, np.where(gap == since, hour, -1)),
        np.where(since > 0, 1 - longer, 0.0),
        far | _stopped(habit, skipped, since, longer),
    )


def _stopped(habit: Habit, skipped: float, since: Whole, longer: Floats) -> NDArray[np.bool_]:
    """Who is away for longer than the spread of gaps and a few visits left out account for."""
    left_out = np.maximum(np.rint(since / np.exp(habit.mean)) - 1, 0.0)
    return np.asarray((1 - longer > UNUSUAL) & (skipped**left_out < RARE))


def _left(hours: Floats, hour: Whole) -> Floats:
    """The share of visits after ``hour``."""
    return np.asarray((hours * (hour[:, None] < HOURS)).sum(axis=1))


def _best(habit: Habit, skipped: float, last: Whole, start: Whole, left: Floats) -> Whole:
    """The likeliest gap from ``start`` on, of whose day only ``left`` may be left."""
    best, height = start.copy(), np.full(len(start), -np.inf)
    rows, cycle = np.arange(len(start)), np.exp(habit.mean)
    for place in range(DAYS):
        gap = start + place
        weekday = (last + gap + MONDAY) % 7
        share = habit.weekdays[rows, weekday] * (left if place == 0 else 1.0)
        left_out = np.maximum(np.rint(gap / cycle) - 1, 0.0)
        rest = np.maximum(gap - left_out * cycle, 0.5)
        logs = np.maximum(
            _density(habit, gap.astype(np.float64)),
            _density(habit, rest) + left_out * np.log(skipped),
        ) + np.log(np.maximum(share, 1e-300))
        better = logs > height
        best, height = np.where(better, gap, best), np.where(better, logs, height)
    return best


def _density(habit: Habit, gap: Floats) -> Floats:
    """The logarithm of a gap's density, up to what is the same for all gaps of a customer."""
    logs = np.log(gap)
    z = (logs - habit.mean) / habit.scale
    return np.asarray(-(habit.free + 1) / 2 * np.log1p(z * z / habit.free) - logs)


def _hour(hours: Floats, after: Whole) -> Whole:
    """The likeliest hour after the hour ``after``."""
    return np.asarray(np.where(after[:, None] < HOURS, hours, -1.0).argmax(axis=1))
