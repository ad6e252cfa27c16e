"""Factors: customers and items as short vectors whose product says how well they go together.

Hu, Koren and Volinsky, Collaborative filtering for implicit feedback datasets, ICDM 2008: that
somebody bought an item is a preference of 1, and that they didn't one of 0; how much they bought
is how certain that is. With the items fixed, each customer's vector solves a small linear system,
and the other way round. So a new customer needs only their own purchases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FACTORS = 16
ROUNDS = 8
CERTAINTY = 10.0  # that one purchase adds, the paper's alpha
RIDGE = 5.0  # the paper's lambda
LEARNERS = 50_000  # customers that are learned from; more of them change little
BLOCK = 8_192  # customers in memory at a time


def learned(habits: Any, seed: int) -> Floats:
    """The vectors of all items, learned from customers with two items or more, or from all."""
    chance = np.random.default_rng(seed)
    many = np.flatnonzero(np.diff(habits.indptr) > 1)
    many = many if len(many) else np.arange(habits.shape[0])
    if len(many) > LEARNERS:
        many = np.sort(chance.choice(many, LEARNERS, replace=False))
    habits = habits[many]
    size = min(FACTORS, habits.shape[1])
    items = chance.normal(0, 0.1, (habits.shape[1], size)).astype(np.float32)
    for _ in range(ROUNDS):
        items = _items(habits, folded_in(habits, items))
    return items


def folded_in(habits: Any, items: Floats) -> Floats:
    """The vectors of customers by their own ``habits``; zeros for those who bought nothing."""
    gram, products = _gram(items), _products(items)
    found = np.zeros((habits.shape[0], items.shape[1]), dtype=np.float32)
    for start in range(0, habits.shape[0], BLOCK):
        some = habits[start : start + BLOCK]
        systems = (CERTAINTY * (some @ products)).reshape(-1, *gram.shape) + gram
        sides = CERTAINTY * (some @ items) + _ones(some) @ items
        found[start : start + BLOCK] = _solved(systems, sides)
    return found


def _items(habits: Any, customers: Floats) -> Floats:
    """The vectors of items by those of the customers who bought them."""
    gram, (_, items) = _gram(customers), habits.shape
    systems = np.zeros((items, gram.size), dtype=np.float32)
    sides = np.zeros((items, customers.shape[1]), dtype=np.float32)
    for start in range(0, len(customers), BLOCK):
        some, theirs = habits[start : start + BLOCK], customers[start : start + BLOCK]
        systems += CERTAINTY * (some.T @ _products(theirs))
        sides += CERTAINTY * (some.T @ theirs) + _ones(some).T @ theirs
    return _solved(systems.reshape(-1, *gram.shape) + gram, sides)


def _solved(systems: Floats, sides: Floats) -> Floats:
    return np.asarray(np.linalg.solve(systems, sides[:, :, None])[:, :, 0], dtype=np.float32)


def _gram(vectors: Floats) -> Floats:
    return np.asarray(
        vectors.T @ vectors + RIDGE * np.eye(vectors.shape[1], dtype=np.float32), dtype=np.float32
    )


def _products(vectors: Floats) -> Floats:
    """Of each vector its product with itself, as a row."""
    return (vectors[:, :, None] * vectors[:, None, :]).reshape(len(vectors), -1)


def _ones(habits: Any) -> Any:
    ones = habits.copy()
    ones.data = np.ones_like(ones.data)
    return ones
