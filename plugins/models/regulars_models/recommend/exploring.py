"""Exploring: now and then a place shows an item beside the habit, so that one can learn of it.

Which place of whose list, and which item, hangs on the seed, the customer's id and the day: it is
the same in every run of a day and another tomorrow, and for a customer who is scored alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

TRIES = 64  # until an item is found that is new to the customer
_START = np.uint64(0x9E3779B97F4A7C15)  # mixing leaves 0 as it is


@dataclass(frozen=True)
class Chance:
    """The chance of a day: a ``key`` for the model and the day, and customers' fingerprints."""

    key: str
    customers: NDArray[np.uint64]

    def of(self, rows: Places | slice, *what: int) -> NDArray[np.float64]:
        """A number from 0 to below 1 for each of the customers in ``rows``."""
        return chances(".".join(map(str, (self.key, *what))), self.customers[rows])


def explored(
    picked: Places, habits: Any, offered: NDArray[np.bool_], share: float, chance: Chance
) -> tuple[Places, NDArray[np.bool_]]:
    """``picked`` with other items in a ``share`` of its places, and which places these are.

    Such an item is offered, is not in the list, and the customer never bought it; each of these is
    as likely as another. Where there is none, the place keeps its item.
    """
    shown, changed = picked.copy(), np.zeros(picked.shape, dtype=np.bool_)
    choice, bought = np.flatnonzero(offered), _cells(habits)
    for place in range(picked.shape[1]):
        chosen = chance.of(slice(None), place) < share
        rows = np.flatnonzero(chosen & (picked[:, place] >= 0))
        for attempt in range(TRIES):
            if not len(rows):
                break
            other = choice[(chance.of(rows, place, attempt) * len(choice)).astype(np.int64)]
            new = (shown[rows] != other[:, None]).all(axis=1)
            new &= ~_among(rows * habits.shape[1] + other, bought)
            shown[rows[new], place], changed[rows[new], place] = other[new], True
            rows = rows[~new]
    return shown, changed


def _cells(habits: Any) -> Places:
    """What was bought, as one number for customer and item; ascending."""
    whose = np.repeat(np.arange(habits.shape[0]), np.diff(habits.indptr))
    return np.asarray(whose * habits.shape[1] + habits.indices)


def _among(cells: Places, bought: Places) -> NDArray[np.bool_]:
    """Which of ``cells`` are ``bought``, which are sorted."""
    if not len(bought):
        return np.zeros(len(cells), dtype=np.bool_)
    places = np.searchsorted(bought, cells).clip(max=len(bought) - 1)
    return np.asarray(bought[places] == cells)


def fingerprints(ids: NDArray[Any]) -> NDArray[np.uint64]:
    """A number for each customer's own id; the store's number may be another in another store.

    Eight bytes at a time go through the finaliser of SplitMix64, for all customers together: a
    hash of each would be a loop over all of them.
    """
    texts = np.array(ids, dtype=np.str_)
    width = texts.dtype.itemsize // 4
    letters = np.zeros((len(texts), width + width % 2), dtype=np.uint32)
    letters[:, :width] = texts.view(np.uint32).reshape(len(texts), width)
    found = np.full(len(texts), _START)
    for word in letters.view(np.uint64).T:  # those of an id that has ended are zeros
        found = np.where(word > 0, _mixed(found ^ word), found)
    return found


def chances(key: str, customers: NDArray[np.uint64]) -> NDArray[np.float64]:
    """A number from 0 to below 1 for each fingerprint, as good as drawn anew for every ``key``.

    blake2b of the key makes two words, with which the fingerprints go twice through the finaliser
    of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
    """
    digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
    first, second = (np.uint64(int.from_bytes(part, "big")) for part in (digest[:8], digest[8:]))
    mixed = _mixed(_mixed(customers + first) ^ second)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
