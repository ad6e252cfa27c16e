"""Packed names: numbers by name, for millions of names in little memory.

A name is known by 128 bits of hashes that this process alone has, its number by 64: with their
places some 40 bytes, where a dictionary takes 140, and among a million names found in half the
time. It is a hash table with open addressing, whose columns numpy looks through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.int64]

_NOTHING = -1


class PackedNames:
    """Numbers by name."""

    def __init__(self) -> None:
        self._first, self._second, self._numbers = (np.zeros(0, np.int64) for _ in range(3))
        self._count = 0
        self._places = np.full(_size(0), _NOTHING, np.int32)

    def expect(self, names: int) -> None:
        """Make room for so many."""
        self._first, self._second, self._numbers = (
            np.resize(column, names) for column in (self._first, self._second, self._numbers)
        )
        self._places = np.full(_size(names), _NOTHING, np.int32)
        self._put(np.arange(self._count, dtype=np.int32))

    def add(self, numbers: Mapping[str, int]) -> None:
        """Remember ``numbers`` by their names; those that are known have the same number."""
        if not numbers:
            return
        new = slice(self._count, self._count + len(numbers))
        if new.stop > len(self._first):
            self.expect(new.stop + new.stop // 2)
        names, self._count = list(numbers), new.stop
        self._first[new], self._second[new] = _first(names), _second(names)
        self._numbers[new] = list(numbers.values())
        self._put(np.arange(new.start, new.stop, dtype=np.int32))

    def look_up(self, names: Sequence[str]) -> tuple[Words, NDArray[np.bool_]]:
        """The number of each name, 0 where it is not known, and whether it is."""
        first, second = _first(names), _second(names)
        numbers, known = np.zeros(len(names), np.int64), np.zeros(len(names), bool)
        places = first & (len(self._places) - 1)
        rest = np.arange(len(names))
        while len(rest):
            found = self._places[places]
            rest, places, found = (part[found != _NOTHING] for part in (rest, places, found))
            same = (self._first[found] == first[rest]) & (self._second[found] == second[rest])
            numbers[rest[same]], known[rest[same]] = self._numbers[found[same]], True
            rest, places = rest[~same], self._next(places[~same])
        return numbers, known

    def without(self, names: Collection[str]) -> list[str]:
        """Those of ``names`` that are not known."""
        listed = list(names)
        return [listed[place] for place in np.flatnonzero(~self.look_up(listed)[1]).tolist()]

    def _put(self, names: NDArray[np.int32]) -> None:
        """Give each of ``names`` (by their order) the first place that is free from its own on."""
        places = self._first[names] & (len(self._places) - 1)
        while len(names):
            free = self._places[places] == _NOTHING
            self._places[places[free]] = names[free]  # of several that want it, the last one
            without = self._places[places] != names
            names, places = names[without], self._next(places[without])

    def _next(self, places: Words) -> Words:
        return (places + 1) & (len(self._places) - 1)


def _size(names: int) -> int:
    """So many places that a third of them is free: a power of two."""
    return 1 << (names + names // 2).bit_length()


def _first(names: Sequence[str]) -> Words:
    return np.fromiter(map(hash, names), np.int64, len(names))


def _second(names: Sequence[str]) -> Words:
    """Hashes that tell nothing of the first ones.

    Python hashes the bytes of a text, however wide its letters are, so that "aa" and the one letter
    U+6161 have one hash; with a letter more, their bytes differ in number.
    """
    return np.fromiter((hash(name + "\0") for name in names), np.int64, len(names))
