"""Purchases: events as numbered items that numbered customers bought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelEvents

    Floats = NDArray[np.float32]
    Numbers = NDArray[np.int64]

MOST = 20_000  # items; who has more of them recommends among the most wanted
BUYERS = 2  # of an item that no catalogue lists: what one alone bought would tell of that one


@dataclass(frozen=True)
class Purchases:
    """By customer and then by time: whose, what (numbers of items), when, and how many."""

    customer: Numbers
    item: NDArray[np.int32]
    at: Numbers
    times: Numbers

    def __len__(self) -> int:
        return len(self.at)

    def where(self, held: NDArray[np.bool_] | slice) -> Purchases:
        """Those that are ``held``."""
        return Purchases(self.customer[held], self.item[held], self.at[held], self.times[held])

    def of(self, first: int, end: int) -> Purchases:
        """Those of the customers from ``first`` to before ``end``, who are numbered from 0 then."""
        rows = slice(*np.searchsorted(self.customer, (first, end)))
        some = self.where(rows)
        return replace(some, customer=some.customer - first)

    def until(self, at: int) -> Purchases:
        """Those up to ``at``."""
        return self.where(self.at <= at)

    def after(self, at: int) -> Purchases:
        """Those after ``at``."""
        return self.where(self.at > at)

    def renumbered(self, numbers: NDArray[Any]) -> Purchases:
        """With the items' new ``numbers``; without those that are below 0."""
        bought = replace(self, item=numbers[self.item].astype(np.int32))
        return bought.where(bought.item >= 0)


def purchases(events: ModelEvents, name: str, items: Sequence[str]) -> Purchases:
    """What was bought of ``items``; ``name`` is the events' property that says so."""
    numbers = {item: number for number, item in enumerate(items)}
    found = map(numbers.get, events.texts[name], repeat(-1))
    item = np.fromiter(found, np.int32, len(events))
    return Purchases(events.customer, item, events.at, events.times).where(item >= 0)


def items_of(events: ModelEvents, name: str, listed: Collection[str]) -> list[str]:
    """What customers bought, and what is ``listed``; see ``BUYERS``. The order means nothing."""
    named = [item for item in dict.fromkeys(events.texts[name]) if item and item.strip()]
    bought = purchases(events, name, named)
    pairs = np.unique(bought.customer * max(1, len(named)) + bought.item)
    buyers = np.bincount(pairs % max(1, len(named)), minlength=len(named))
    known = set(listed)
    many = (item for item, count in zip(named, buyers, strict=True) if count >= BUYERS)
    return sorted(known.union(many))


def most_wanted_first(bought: Purchases, items: int, now: int, fade: int) -> Numbers:
    """The numbers of the ``items`` in the order of how many were bought, lately above all."""
    weights = bought.times * np.exp2(-(now - bought.at) / fade)
    wanted = np.bincount(bought.item, weights, minlength=items)
    return np.argsort(-wanted, kind="stable")[:MOST]


def ranks(order: Numbers, items: int) -> Numbers:
    """The new number of each of ``items`` that ``order`` puts first, -1 for what it leaves out."""
    numbers = np.full(items, -1, dtype=np.int64)
    numbers[order] = np.arange(len(order))
    return numbers


def habits(bought: Purchases, customers: int, items: int, fade: int) -> Any:
    """How much of each item each customer bought: a sparse matrix, float32, CSR.

    What lies one ``fade`` before the customer's own last purchase counts half, so that their habit
    hangs on nothing but what they did.
    """
    last = np.zeros(customers, dtype=np.int64)
    last[bought.customer] = bought.at  # they come by time, so the last one stays
    age = (last[bought.customer] - bought.at) / fade
    weights = (bought.times * np.exp2(-age)).astype(np.float32)
    matrix = sparse.csr_matrix(
        (weights, (bought.customer, bought.item)), shape=(customers, items), dtype=np.float32
    )
    matrix.sum_duplicates()
    # what is older than all memory is a purchase still
    np.maximum(matrix.data, np.finfo(np.float32).tiny, out=matrix.data)
    return matrix
