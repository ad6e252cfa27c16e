"""Groups: customers by an attribute of theirs, none of them so small that it tells of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.instants import instant

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 20  # customers of a group of its own
OTHERS, UNKNOWN = "others", "unknown"
QUARTILES = (0.25, 0.5, 0.75)

Words = Callable[[float], str]


@dataclass(frozen=True)
class Groups:
    """The ``names`` of groups, and ``of`` each customer the place of theirs there; -1 is in none.

    The groups that have fewer than 20 customers are put together as ``others``; where those are
    fewer than 20 as well, they are in none.
    """

    names: tuple[str, ...]
    of: NDArray[np.int64]

    def counts(self) -> list[int]:
        """How many customers each group has."""
        return [int((self.of == place).sum()) for place in range(len(self.names))]


def grouped(values: NDArray[Any], type_: str) -> Groups:
    """Customers by ``values`` as the store keeps them, None or NaN where unknown.

    Texts are groups themselves, the largest first; numbers, dates and times are cut into quarters.
    Last come ``others`` and those of whom the value is ``unknown``.
    """
    match type_:
        case "date":
            days = values.astype("M8[D]")
            return _quarters(np.where(np.isnat(days), np.nan, days.astype(np.float64)), _date)
        case "time":
            return _quarters(values.astype(np.float64), _time)
        case "number" | "integer":
            return _quarters(values.astype(np.float64), _number)
        case "boolean":
            words = {None: UNKNOWN, 0: "no", 1: "yes"}
            return _by_name(np.array([words[value] for value in values], dtype=object))
    return _by_name(np.array([UNKNOWN if v is None else str(v) for v in values], dtype=object))


def _quarters(values: NDArray[np.float64], words: Words) -> Groups:
    known = ~np.isnan(values)
    if not known.any():
        return _by_name(np.full(len(values), UNKNOWN, dtype=object))
    edges = np.unique(np.quantile(values[known], QUARTILES, method="lower"))
    edges = edges[edges < values[known].max()]
    names = [*_names([words(float(edge)) for edge in edges]), UNKNOWN]
    place = np.where(known, np.searchsorted(edges, values), len(names) - 1)
    return _pooled(tuple(names), place)


def _names(edges: list[str]) -> list[str]:
    if not edges:
        return ["any"]
    between = [f"over {low} to {high}" for low, high in pairwise(edges)]
    return [f"up to {edges[0]}", *between, f"over {edges[-1]}"]


def _by_name(named: NDArray[Any]) -> Groups:
    names, place, count = np.unique(named.astype(str), return_inverse=True, return_counts=True)
    order = sorted(range(len(names)), key=lambda each: (names[each] == UNKNOWN, -count[each]))
    at = np.empty(len(names), np.int64)
    at[order] = np.arange(len(names))
    return _pooled(tuple(str(names[each]) for each in order), at[place])


def _pooled(names: tuple[str, ...], place: NDArray[np.int64]) -> Groups:
    """Put small groups together, before those of whom nothing is known."""
    count = np.bincount(place, minlength=len(names))
    large = [each for each, name in enumerate(names) if count[each] >= LEAST and name != OTHERS]
    pooled = np.ones(len(names), np.bool_)
    pooled[large] = False
    some = int(count[pooled].sum()) >= LEAST
    kept = [names[each] for each in large]
    last = len(kept) - (kept[-1:] == [UNKNOWN])
    if some:
        kept.insert(last, OTHERS)
    to = np.full(len(names), last if some else -1, np.int64)
    to[large] = [kept.index(names[each]) for each in large]
    return Groups(tuple(kept), to[place])


def _number(value: float) -> str:
    return f"{value:,.6g}"


def _date(days: float) -> str:
    return str(np.datetime64(int(days), "D"))


def _time(at: float) -> str:
    return f"{instant(int(at)):%Y-%m-%d}"
