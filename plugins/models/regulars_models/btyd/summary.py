"""What buy-till-you-die models need of each customer: from events to (x, t_x, T, z̄).

Fader, Hardie and Lee, "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD
Model", *Marketing Science* 24 (2005), 275-284: how often and when last is all that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .compression import History
from .days import local_days

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

WEEK = 7.0  # days
DIGITS = 2  # of weeks, as the published summaries have them; a day is 0.14
COINS = (2, 3, 4, 5, 6)  # digits of an amount
ROUNDING = 1e-6  # what sums of amounts may be off, in coins


@dataclass(frozen=True)
class Summary:
    """Customers who have an event, in ascending order; one entry of each array a customer.

    ``repeats`` is the x of the literature, days with an event after the first one; ``recency`` is
    t_x, weeks from the first to the last; ``age`` is T, weeks from the first to the instant of
    the summary; ``spend`` is z̄, the mean amount of a repeat day, 0 where there is none. Weeks have
    two digits and amounts those of a coin, as in the published summaries.
    """

    customer: Whole
    repeats: Floats
    recency: Floats
    age: Floats
    spend: Floats

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def history(self) -> History:
        """What the models of events need."""
        return History(self.repeats, self.recency, self.age)


def summarise(
    customer: ArrayLike, at: ArrayLike, amount: ArrayLike | None, until: int, zone: ZoneInfo
) -> Summary:
    """The summary of events as of ``until``; what is later doesn't count.

    ``customer`` is whole numbers in any order, ``at`` and ``until`` microseconds since 1970. The
    events of a customer on one day in ``zone`` are one, with the sum of their amounts. An amount
    that isn't known (NaN) counts as 0.
    """
    who, when = np.asarray(customer, np.int64), np.asarray(at, np.int64)
    spent = np.zeros(len(who)) if amount is None else np.nan_to_num(np.asarray(amount, float))
    seen = when <= until
    who, when, spent = who[seen], when[seen], spent[seen]
    if not len(who):
        nothing = np.empty(0)
        return Summary(np.empty(0, np.int64), nothing, nothing, nothing, nothing)
    people, row = np.unique(who, return_inverse=True)
    today = int(local_days(np.array([until]), zone)[0])
    row, day, spent = _merged(row, local_days(when, zone), spent)
    return _summary(people, row, day, spent, today)


def _merged(row: Whole, day: Whole, spent: Floats) -> tuple[Whole, Whole, Floats]:
    """One entry for each customer and day, by customer and then day."""
    first = int(day.min())
    span = int(day.max()) - first + 1
    keys, place = np.unique(row * span + (day - first), return_inverse=True)
    return keys // span, keys % span + first, np.bincount(place, spent).astype(float, copy=False)


def _summary(people: Whole, row: Whole, day: Whole, spent: Floats, today: int) -> Summary:
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    ends = np.append(starts[1:], len(row)) - 1
    repeats = (ends - starts).astype(float)
    total = np.add.reduceat(spent, starts) - spent[starts]
    mean = np.divide(total, repeats, out=np.zeros(len(people)), where=repeats > 0)
    return Summary(
        people,
        repeats,
        np.round((day[ends] - day[starts]) / WEEK, DIGITS),
        np.round((today - day[starts]) / WEEK, DIGITS),
        _in_coins(mean, spent),
    )


def _in_coins(mean: Floats, amounts: Floats) -> Floats:
    """``mean`` with the digits that ``amounts`` have, two at least; a half goes up.

    Amounts with so many digits that they are no coins stay as they are.
    """
    for digits in COINS:
        unit = 10.0**digits
        if np.abs(np.rint(amounts * unit) / unit - amounts).max() < ROUNDING / unit:
            return np.floor(mean * unit + 0.5 + ROUNDING) / unit
    return mean
