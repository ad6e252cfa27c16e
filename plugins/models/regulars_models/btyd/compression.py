"""Customers with the same history once, with how many they are.

A history is (x, t_x, T), and time goes by whole days, so a million customers are some ten thousand
histories; columns have fewer values still. Logarithms are taken of these and not of customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

UNITS = (1.0, 7.0, 100.0)  # whole numbers, days, hundredths of a week
WIDEST = 200_000  # values, a table of which is no burden
MOST = 2**62  # different histories that could be


@dataclass(frozen=True)
class Column:
    """A column of which each value is kept once; row i is ``values[code[i]]``."""

    values: Floats
    code: Codes

    def sums(self, weights: Floats) -> Floats:
        """The sum of the rows' ``weights``, for each value."""
        return np.bincount(self.code, weights, len(self.values)).astype(float, copy=False)


@dataclass(frozen=True)
class Pairs:
    """x with a time, each pair kept once; row i is the pair ``code[i]``."""

    repeats: Floats
    time: Floats
    code: Codes

    def sums(self, weights: Floats) -> Floats:
        """The sum of the rows' ``weights``, for each pair."""
        return np.bincount(self.code, weights, len(self.time)).astype(float, copy=False)


@dataclass(frozen=True)
class History:
    """What is known of each customer: ``repeats`` is x, ``recency`` t_x, ``age`` T, in weeks."""

    repeats: Floats
    recency: Floats
    age: Floats

    def __len__(self) -> int:
        return len(self.repeats)


@dataclass(frozen=True)
class Rows:
    """Histories that differ, in ascending order, and how many customers have each."""

    history: History
    count: Floats

    def __len__(self) -> int:
        return len(self.count)

    @cached_property
    def customers(self) -> float:
        return float(self.count.sum())

    @cached_property
    def repeats(self) -> Column:
        return column(self.history.repeats)

    @cached_property
    def recency(self) -> Column:
        return column(self.history.recency)

    @cached_property
    def age(self) -> Column:
        return column(self.history.age)

    @cached_property
    def with_repeats(self) -> Floats:
        """How many customers have each value of x."""
        return self.repeats.sums(self.count)

    @cached_property
    def with_age(self) -> Floats:
        """How many customers have each value of T."""
        return self.age.sums(self.count)

    @cached_property
    def events_by_age(self) -> Floats:
        """The sum of x over the customers with each value of T."""
        return self.age.sums(self.count * self.history.repeats)

    @cached_property
    def until_last(self) -> Pairs:
        """Pairs of x and t_x."""
        return pairs(self.history.repeats, self.history.recency)

    @cached_property
    def until_now(self) -> Pairs:
        """Pairs of x and T."""
        return pairs(self.history.repeats, self.history.age)

    def sample(self, customers: int) -> Rows:
        """About so many of the customers, evenly from the whole order; all if they are fewer."""
        if self.customers <= customers:
            return self
        ends = np.floor(np.cumsum(self.count) * (customers / self.customers) + 0.5)
        count = np.diff(ends, prepend=0.0)
        kept = count > 0
        repeats, recency, age = self.history.repeats, self.history.recency, self.history.age
        return Rows(History(repeats[kept], recency[kept], age[kept]), count[kept])


def history(repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> History:
    """The three as arrays of numbers.

    Raises ValueError for what can be no history: below 0, not a number, a last event after the end.
    """
    columns = [np.atleast_1d(np.asarray(each, float)) for each in (repeats, recency, age)]
    if len({len(each) for each in columns}) > 1:
        raise ValueError("x, t_x and T are not of the same length")
    x, last, end = columns
    if not (np.isfinite(x) & np.isfinite(end) & (x >= 0) & (last >= 0) & (last <= end)).all():
        raise ValueError("a history needs x of at least 0 and 0 ≤ t_x ≤ T, all of them finite")
    return History(x, last, end)


def compress(whole: History) -> Rows:
    """The histories of customers, each once."""
    keys, decodes = _keys((whole.repeats, whole.recency, whole.age))
    keys.sort()
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    count = np.diff(starts, append=len(keys)).astype(float)
    return Rows(History(*_apart(keys[starts], decodes)), count)


def distinct(whole: History) -> tuple[History, Codes]:
    """The histories that differ, and which of them each customer has."""
    keys, decodes = _keys((whole.repeats, whole.recency, whole.age))
    found, inverse = np.unique(keys, return_inverse=True)
    return History(*_apart(found, decodes)), inverse


def pairs(repeats: Floats, time: Floats) -> Pairs:
    """The pairs of x and a time that differ."""
    keys, decodes = _keys((repeats, time))
    found, inverse = np.unique(keys, return_inverse=True)
    x, end = _apart(found, decodes)
    return Pairs(x, end, inverse)


def column(values: Floats) -> Column:
    """``values`` with each value once."""
    coded, decode = _coded(values)
    present = np.bincount(coded, minlength=len(decode)) > 0
    return Column(decode[present], (np.cumsum(present) - 1)[coded])


def _keys(columns: tuple[Floats, ...]) -> tuple[Codes, list[Floats]]:
    """One whole number for each row, in the order of the columns, and what their codes mean."""
    keys, decodes, width = np.zeros(len(columns[0]), np.int64), [], 1
    for values in columns:
        coded, decode = _coded(values)
        width *= len(decode)
        if width > MOST:
            raise ValueError("there are too many different times; give weeks with two digits")
        keys *= len(decode)
        keys += coded
        decodes.append(decode)
    return keys, decodes


def _apart(keys: Codes, decodes: list[Floats]) -> list[Floats]:
    """The columns that ``_keys`` put together."""
    columns = []
    for decode in reversed(decodes):
        keys, coded = np.divmod(keys, len(decode))
        columns.append(decode[coded])
    return columns[::-1]


def _coded(values: Floats) -> tuple[Codes, Floats]:
    """Codes in ascending order, and the value of each; days are codes as they are."""
    if not len(values):
        return np.empty(0, np.int64), np.zeros(1)
    for unit in UNITS:
        coded = np.rint(values * unit).astype(np.int64)
        if coded.min() >= 0 and coded.max() < WIDEST and (coded / unit == values).all():
            return coded, np.arange(coded.max() + 1) / unit
    decode, code = np.unique(values, return_inverse=True)
    return code, decode
