"""Picking: the first few items for each customer, of those that may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Places = NDArray[np.int64]

NEVER = np.float32(-np.inf)
CELLS = 2_000_000  # customers times items in memory at a time


def at_once(items: int) -> int:
    """How many customers are looked at together."""
    return max(64, CELLS // max(1, items))


def ranking(drawn: Any) -> Floats:
    """What a customer is ``drawn`` to, from 1 on; then all others, the most wanted first, below.

    Items are numbered so that the most wanted come first. What is not sparse is whole numbers.
    """
    customers, items = drawn.shape
    wanted = np.linspace(1, 0, items, endpoint=False, dtype=np.float32) / 2
    if not sparse.issparse(drawn):
        return np.asarray(np.maximum(drawn, wanted, out=drawn))
    ranked = np.empty((customers, items), dtype=np.float32)
    ranked[:] = wanted
    whose = np.repeat(np.arange(customers), np.diff(drawn.indptr))
    largest = np.asarray(drawn.max(axis=1).todense()).ravel()
    ranked[whose, drawn.indices] = drawn.data / largest[whose] + 1
    return ranked


def forbid(
    ranked: Floats, habits: Any, offered: NDArray[np.bool_], once: NDArray[np.bool_]
) -> None:
    """Strike what is not ``offered``, and what is bought ``once`` and was."""
    ranked[:, ~offered] = NEVER
    whose, what = own_cells(habits)
    again = ~once[what]
    ranked[whose[~again], what[~again]] = NEVER


def own_cells(habits: Any) -> tuple[Places, Places]:
    """Customer and item of all that was bought."""
    return np.repeat(np.arange(habits.shape[0]), np.diff(habits.indptr)), habits.indices


def top(ranked: Floats, show: int) -> Places:
    """The best ``show`` items of each row, the best first; -1 where there are no more.

    Of equals the first. ``ranked`` is used up: looking for the largest a few times is much quicker
    than sorting.
    """
    rows = np.arange(len(ranked))
    picked = np.full((len(ranked), show), -1, dtype=np.int64)
    for place in range(min(show, ranked.shape[1])):
        best = ranked.argmax(axis=1)
        there = ranked[rows, best] > NEVER
        picked[there, place] = best[there]
        ranked[rows, best] = NEVER
    return picked
