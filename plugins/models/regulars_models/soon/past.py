"""What was known of customers at past cut-offs, and whether the event came within the time after.

A cut-off's window of ``within`` begins where the one before it ends; the newest ends now. So what a
model learns from, it could have known then, and no event counts twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOST = 300_000  # rows; more of them tell hardly more
FOLDS = 5


@dataclass(frozen=True)
class Past:
    """A row for each customer at each cut-off: their traits as ``values``, a column a trait.

    ``came`` is 1 where the event came within the time, else 0. ``customer`` is the row in
    ``ModelData.customers``.
    """

    values: Floats
    came: Floats
    customer: Whole

    def __len__(self) -> int:
        return len(self.came)

    @property
    def yes(self) -> int:
        """In how many rows the event came."""
        return int(self.came.sum())


def past(data: ModelData, event: str, traits: Sequence[str], within: int, seed: int = 0) -> Past:
    """Everybody of whom something was ``known`` at the cut-offs of ``data.earlier``.

    Of very many rows it holds those of some customers, drawn by ``seed``: about 300,000.
    """
    chosen = _chosen(data, seed)
    parts = [_at(data, then, event, traits, within, chosen) for then in data.earlier]
    if not parts:
        return Past(np.empty((0, len(traits))), np.empty(0), np.empty(0, np.int64))
    return Past(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.came for part in parts]),
        np.concatenate([part.customer for part in parts]),
    )


def known(data: ModelData, event: str, traits: Sequence[str]) -> NDArray[np.bool_]:
    """Of whom anything is known: the ``event`` came before, or a trait is something other than 0.

    Of the others nobody can say that they were customers yet.
    """
    found = np.zeros(len(data), dtype=np.bool_)
    found[data.events[event].customer] = True
    for trait in traits:
        found |= np.nan_to_num(data.traits[trait]) != 0
    return found


def columns(data: ModelData, traits: Sequence[str]) -> Floats:
    """The traits of every customer, a column each."""
    if not traits:
        return np.empty((len(data), 0))
    return np.column_stack([data.traits[trait] for trait in traits])


def folds(customer: Whole, came: Floats, seed: int) -> Whole:
    """A fold for every row: all rows of a customer in one, and those who ever came in all alike."""
    ever = np.bincount(customer, came) > 0
    present = np.unique(customer)
    order = np.random.default_rng(seed).permutation(present)
    order = order[np.argsort(ever[order], kind="stable")]
    fold = np.zeros(len(ever), dtype=np.int64)
    fold[order] = np.arange(len(order)) % FOLDS
    return np.asarray(fold[customer])


def _chosen(data: ModelData, seed: int) -> NDArray[np.bool_]:
    share = MOST / max(1, len(data) * len(data.earlier))
    if share >= 1:
        return np.ones(len(data), dtype=np.bool_)
    return np.asarray(np.random.default_rng(seed).random(len(data)) < share)


def _at(  # noqa: PLR0913, PLR0917 (what is looked at, then and after)
    data: ModelData,
    then: ModelData,
    event: str,
    traits: Sequence[str],
    within: int,
    chosen: NDArray[np.bool_],
) -> Past:
    came = np.zeros(len(data))
    came[data.events[event].between(then.now, then.now + within).customer] = 1
    rows = np.flatnonzero(known(then, event, traits) & chosen)
    return Past(columns(then, traits)[rows], came[rows], rows)
