"""Exploring: now and then a place shows an item beside the habit, so that one can learn of it.

Which place of whose list, and which item, hangs on the seed, the customer and the day: it is the
same in every run of a day and another tomorrow, and the same for a customer who is scored alone.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

TRIES = 64  # until an item is found that is new to the customer


def explored(  # noqa: PLR0913, PLR0917 (whose lists, what may stand there, how often, when)
    picked: Places,
    habits: Any,
    offered: NDArray[np.bool_],
    customers: NDArray[np.int64],
    share: float,
    key: str,
) -> tuple[Places, NDArray[np.bool_]]:
    """``picked`` with other items in a ``share`` of its places, and which places these are.

    Such an item is offered, is not in the list, and the customer never bought it; each of these is
    as likely as another. Where there is none, the place keeps its item.
    """
    shown, changed = picked.copy(), np.zeros(picked.shape, dtype=np.bool_)
    choice, items = np.flatnonzero(offered), habits.shape[1]
    whose = np.repeat(np.arange(len(picked)), np.diff(habits.indptr))
    bought = whose * items + habits.indices
    for place in range(picked.shape[1]):
        chosen = chances(f"{key}.{place}", customers) < share
        rows = np.flatnonzero(chosen & (picked[:, place] >= 0))
        for attempt in range(TRIES if len(choice) else 0):
            if not len(rows):
                break
            drawn = chances(f"{key}.{place}.{attempt}", customers[rows])
            other = choice[(drawn * len(choice)).astype(np.int64)]
            new = (shown[rows] != other[:, None]).all(axis=1)
            new &= ~_among(rows * items + other, bought)
            shown[rows[new], place], changed[rows[new], place] = other[new], True
            rows = rows[~new]
    return shown, changed


def _among(cells: Places, bought: Places) -> NDArray[np.bool_]:
    """Which of ``cells`` are ``bought``, which are sorted."""
    if not len(bought):
        return np.zeros(len(cells), dtype=np.bool_)
    places = np.searchsorted(bought, cells).clip(max=len(bought) - 1)
    return np.asarray(bought[places] == cells)


def chances(key: str, customers: NDArray[np.int64]) -> NDArray[np.float64]:
    """A number from 0 to below 1 for each customer, as good as drawn anew for every ``key``.

    blake2b of the key makes two words, with which the customers' numbers go twice through the
    finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a strong hash of every customer
    would be a loop over all of them.
    """
    digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
    first, second = (np.uint64(int.from_bytes(part, "big")) for part in (digest[:8], digest[8:]))
    mixed = _mixed(_mixed(customers.astype(np.uint64) + first) ^ second)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
