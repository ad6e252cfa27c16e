"""Numerics: what the integrals of several modules are made of."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from .measures import Floats, Mask

ROOT = float(np.sqrt(2 * np.pi))  # of the normal density, below its exponential
HALVINGS = 60  # until rounding is all that is left


@lru_cache(maxsize=64)
def legendre(points: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights from -1 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    return nodes, weights


def product_of_others(rows: Floats) -> Floats:
    """For each row the product of all rows but itself; zeros are no matter."""
    ones = np.ones_like(rows[:1])
    before = np.cumprod(np.concatenate([ones, rows[:-1]]), axis=0)
    after = np.cumprod(np.concatenate([ones, rows[:0:-1]]), axis=0)[::-1]
    return np.asarray(before * after)


def bisected(is_below: Callable[[Floats], Mask], low: Floats, high: Floats) -> Floats:
    """Element by element, where between ``low`` and ``high`` a point ceases to be below."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = is_below(middle)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
