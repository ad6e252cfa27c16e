"""What is known of each customer's past: the days on which they came.

Several orders of one day are one visit, at the hour of the first. Gaps are counted in days of the
customer's own calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regulars.hooks import ModelEvents

    from .clock import Clock

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MONDAY = 3  # days from 1970-01-01, a Thursday, back to a Monday


@dataclass(frozen=True)
class Visits:
    """The days on which customers came, by customer and then by day, each with its ``hour``."""

    customer: Whole
    day: Whole
    hour: Whole

    def __len__(self) -> int:
        return len(self.day)

    def where(self, held: NDArray[np.bool_]) -> Visits:
        """Some of them."""
        return Visits(self.customer[held], self.day[held], self.hour[held])

    def gaps(self) -> tuple[Whole, Whole]:
        """Whose each gap is, and how many days it had."""
        own = self.customer[1:] == self.customer[:-1]
        return self.customer[1:][own], np.diff(self.day)[own]

    def last(self) -> NDArray[np.bool_]:
        """Which are the last of their customers."""
        return np.append(self.customer[1:] != self.customer[:-1], len(self) > 0)[: len(self)]


@dataclass(frozen=True)
class Past:
    """Arrays with a row a customer.

    ``gaps`` is how many there are, ``mean`` that of their logarithms (0 without any), ``squares``
    the sum of squares around it. ``last`` is the day of the last visit; without one, 0.
    """

    gaps: Whole
    mean: Floats
    squares: Floats
    last: Whole
    weekdays: Whole
    hours: Whole


def visits(events: ModelEvents, clock: Clock, first: int = 0) -> Visits:
    """The visits that ``events`` are; customers count from ``first``.

    What was rolled up is left out: of several orders only the last still has its time.
    """
    single = events.times == 1
    whose, at = events.customer - first, events.at
    if not single.all():
        whose, at = whose[single], at[single]
    day, hour = clock.shows(at, whose)
    new = np.ones(len(day), np.bool_)
    new[1:] = (np.diff(day) != 0) | (np.diff(whose) != 0)
    return Visits(whose, day, hour).where(new)


def past(seen: Visits, customers: int) -> Past:
    """What ``seen`` says of each of so many customers."""
    whose, gap = seen.gaps()
    logs = np.log(gap)
    gaps = np.bincount(whose, minlength=customers)
    total = np.bincount(whose, logs, customers)
    mean = total / np.maximum(gaps, 1)
    squares = np.bincount(whose, logs**2, customers) - mean * total
    last = np.zeros(customers, np.int64)
    last[seen.customer] = seen.day
    return Past(
        gaps,
        mean,
        np.where(squares > 1e-9 * gaps, squares, 0.0),  # the rest is rounding
        last,
        _table(seen.customer, (seen.day + MONDAY) % 7, customers, 7),
        _table(seen.customer, seen.hour, customers, 24),
    )


def _table(whose: Whole, what: Whole, customers: int, kinds: int) -> Whole:
    counts = np.bincount(whose * kinds + what, minlength=customers * kinds)
    return counts.reshape(customers, kinds)
