"""What buy-till-you-die models need of each customer: from events to (x, t_x, T, z̄).

Fader, Hardie and Lee, "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD
Model", *Marketing Science* 24 (2005), 275-284: how often and when last is all that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars_models.days import local_days

from .compression import History

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


@dataclass(frozen=True)
class Visits:
    """The days on which customers had an event, by customer and then by day.

    ``row`` is the place of the customer in ``customer``, ``day`` counts from 1970-01-01, ``spent``
    is the sum of that day's amounts. ``times`` is how many days an entry stands for: more than 1
    where old events were rolled up. ``today`` is the day of the summary.
    """

    customer: Whole
    row: Whole
    day: Whole
    spent: Floats
    times: Whole
    today: int

    @property
    def starts(self) -> Whole:
        """Where the first day of each customer stands."""
        return np.flatnonzero(np.diff(self.row, prepend=-1))


def visits(  # noqa: PLR0913, PLR0917 (events by column, and when and where to look)
    customer: ArrayLike,
    at: ArrayLike,
    amount: ArrayLike | None,
    until: int,
    zone: ZoneInfo,
    times: ArrayLike | None = None,
) -> Visits:
    """The days with an event up to ``until``; what is later doesn't count.

    ``customer`` is whole numbers in any order, ``at`` and ``until`` microseconds since 1970. The
    events of a customer on one day in ``zone`` are one, with the sum of their amounts. An amount
    that isn't known (NaN) counts as 0. An event that stands for many is taken for as many days.
    """
    who, when = np.asarray(customer, np.int64), np.asarray(at, np.int64)
    spent = np.zeros(len(who)) if amount is None else np.nan_to_num(np.asarray(amount, float))
    many = np.ones(len(who), np.int64) if times is None else np.asarray(times, np.int64)
    if (when > until).any():
        seen = when <= until
        who, when, spent, many = who[seen], when[seen], spent[seen], many[seen]
    today = int(local_days(np.array([until]), zone)[0])
    if not len(who):
        none = np.empty(0, np.int64)
        return Visits(none, none, none, np.empty(0), none, today)
    day = local_days(when, zone)
    first = int(day.min())
    span = int(day.max()) - first + 1
    keys = (who - who.min()) * span + (day - first)
    if (np.diff(keys) < 0).any():
        order = np.argsort(keys, kind="stable")
        who, day, spent, many, keys = who[order], day[order], spent[order], many[order], keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    who = who[starts]
    new = np.diff(who, prepend=who[0] - 1) > 0
    return Visits(
        who[new],
        np.cumsum(new) - 1,
        day[starts],
        np.add.reduceat(spent, starts),
        np.maximum.reduceat(many, starts),
        today,
    )


def summarise(
    customer: ArrayLike, at: ArrayLike, amount: ArrayLike | None, until: int, zone: ZoneInfo
) -> Summary:
    """The summary of events as of ``until``; see ``visits``."""
    return summary_of(visits(customer, at, amount, until, zone))


def summary_of(known: Visits) -> Summary:
    """What the models need of each customer's ``known`` days."""
    starts = known.starts
    if not len(starts):
        nothing = np.empty(0)
        return Summary(known.customer, nothing, nothing, nothing, nothing)
    day, first = known.day, known.day[starts]
    last = day[np.append(starts[1:], len(day)) - 1]
    repeats = np.add.reduceat(known.times, starts) - 1.0
    total = np.add.reduceat(known.spent, starts) - known.spent[starts] / known.times[starts]
    mean = np.divide(total, repeats, out=np.zeros(len(starts)), where=repeats > 0)
    digits = np.maximum.reduceat(_digits(known.spent), starts)
    return Summary(
        known.customer,
        repeats,
        np.round((last - first) / WEEK, DIGITS),
        np.round((known.today - first) / WEEK, DIGITS),
        _in_coins(mean, digits),
    )


def _digits(amounts: Floats) -> Whole:
    """How many digits each amount has, two at least; more than any coin has, if it is none."""
    digits = np.full(len(amounts), COINS[0])
    left = np.arange(len(amounts))
    for count in COINS:
        unit, some = 10.0**count, amounts[left]
        left = left[np.abs(np.rint(some * unit) / unit - some) >= ROUNDING / unit]
        digits[left] = count + 1
    return digits


def _in_coins(mean: Floats, digits: Whole) -> Floats:
    """``mean`` with the ``digits`` that the customer's amounts have; a half goes up.

    Amounts with so many digits that they are no coins stay as they are.
    """
    unit = 10.0**digits
    return np.where(digits > COINS[-1], mean, np.floor(mean * unit + 0.5 + ROUNDING) / unit)
