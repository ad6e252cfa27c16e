"""Methods: how much each customer is drawn to each item, by their habits and what was learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from . import factors, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Arrays = Mapping[str, NDArray[Any]]

EXACT = 10_000  # parts that products are rounded to: ties stay ties however it was added up


@dataclass(frozen=True)
class Lessons:
    """What methods learn from: the ``habits`` of customers (CSR), what items are like, a seed."""

    habits: Any
    likenesses: Floats | None
    seed: int


@dataclass(frozen=True)
class Method:
    """``learn`` gives arrays; ``drawn(arrays, habits)`` a matrix of customers and items.

    It is sparse, or dense and of whole numbers; 0 and below say nothing: there the most wanted come
    first.
    """

    learn: Callable[[Lessons], Arrays]
    drawn: Callable[[Arrays, Any], Any]


def _nothing(_lessons: Lessons) -> Arrays:
    return {}


def _by_habit(_arrays: Arrays, habits: Any) -> Any:
    return habits


def _not_at_all(_arrays: Arrays, habits: Any) -> Any:
    return sparse.csr_matrix(habits.shape, dtype=np.float32)


def _of_neighbours(lessons: Lessons) -> Arrays:
    near = neighbours.neighbours(lessons.habits)
    return {"near": near.data, "near_items": near.indices, "near_rows": near.indptr}


def _by_neighbours(arrays: Arrays, habits: Any) -> Any:
    items = habits.shape[1]
    near = sparse.csr_matrix(
        (arrays["near"], arrays["near_items"], arrays["near_rows"]), shape=(items, items)
    )
    return habits @ near


def _of_factors(lessons: Lessons) -> Arrays:
    return {"factors": factors.learned(lessons.habits, lessons.seed)}


def _by_factors(arrays: Arrays, habits: Any) -> Any:
    of_customers = factors.folded_in(habits, arrays["factors"])
    return _rounded(of_customers @ arrays["factors"].T)


def _of_content(lessons: Lessons) -> Arrays:
    none = np.zeros((lessons.habits.shape[1], 0), np.float32)
    return {"likenesses": none if lessons.likenesses is None else lessons.likenesses}


def _by_content(arrays: Arrays, habits: Any) -> Any:
    taste = habits @ arrays["likenesses"]
    lengths = np.linalg.norm(taste, axis=1, keepdims=True)
    return _rounded((taste / np.where(lengths > 0, lengths, 1)) @ arrays["likenesses"].T)


def _rounded(values: Floats) -> Floats:
    values *= EXACT
    return np.rint(values, out=values)


# The simple ones first.
METHODS: Mapping[str, Method] = {
    "popular": Method(_nothing, _not_at_all),
    "buy-again": Method(_nothing, _by_habit),
    "item-item": Method(_of_neighbours, _by_neighbours),
    "content": Method(_of_content, _by_content),
    "factors": Method(_of_factors, _by_factors),
}
