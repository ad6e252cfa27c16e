"""Event keys: what makes an event countable once, however often it is loaded.

With an id, the key is a hash of the source's name and the id. Without one it is a hash of the
source's name, the row's content and its ordinal among equal rows of its file: the same file
again adds nothing, and two equal purchases in one file are two.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SIZE = 16  # bytes
_ID, _CONTENT = b"i", b"c"


def _prefixed(text: bytes) -> bytes:
    return len(text).to_bytes(8, "big") + text


def keys_of_ids(source: str, ids: Sequence[str]) -> list[bytes]:
    """The keys of events that have an id of their own."""
    return _hashes(_prefixed(source.encode()) + _ID, ids)


def _hashes(prefix: bytes, texts: Sequence[str]) -> list[bytes]:
    """Hashes of ``prefix`` and each text; a copy of a begun hash costs half of a new one."""
    begun = blake2b(prefix, digest_size=SIZE)
    hashes = []
    for text in texts:
        whole = begun.copy()
        whole.update(text.encode())
        hashes.append(whole.digest())
    return hashes


class MaybeSeen:
    """What may have come before: 32 MB of bits, of which each key has four in one word.

    Of twenty million keys one in 500 is wrongly taken for a repeat, of a hundred million
    one in eight; a real repeat never goes unnoticed. See Putze, Sanders and Singler, Cache-, Hash-
    and Space-Efficient Bloom Filters (2007).
    """

    def __init__(self) -> None:
        self._words = np.zeros(_WORDS, dtype=np.uint64)  # the system gives memory as it is used

    def places(self, hashes: Sequence[bytes]) -> list[int]:
        """Where ``hashes`` has what may have come before, here or in an earlier batch."""
        words = _words(hashes)
        place = (words & np.uint64(_WORDS - 1)).astype(np.int64)
        bits = np.zeros(len(words), dtype=np.uint64)
        for shift in _BITS:
            bits |= np.uint64(1) << ((words >> np.uint64(shift)) & np.uint64(63))
        known = (self._words[place] & bits) == bits
        np.bitwise_or.at(self._words, place, bits)
        return np.flatnonzero(known | ~_first_ones(words)).tolist()


class Seen:
    """What came before, kept as 64 bits of its hash: 8 bytes a row.

    Two different rows of two million have the same 64 bits once in ten million loads.
    """

    def __init__(self) -> None:
        self._maybe = MaybeSeen()
        self._runs: list[NDArray[np.uint64]] = []  # sorted, each larger than the next

    def places(self, hashes: Sequence[bytes]) -> list[int]:
        """Where ``hashes`` has what came before, here or in an earlier batch, in order."""
        words = _words(hashes)
        again = ~_first_ones(words)
        maybe = np.array(self._maybe.places(hashes), dtype=np.int64)
        for run in self._runs if len(maybe) else ():
            place = np.minimum(np.searchsorted(run, words[maybe]), len(run) - 1)
            again[maybe] |= run[place] == words[maybe]
        self._remember(np.sort(words[~again]))
        return np.flatnonzero(again).tolist()

    def _remember(self, run: NDArray[np.uint64]) -> None:
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            # stable: merging what is sorted already takes one pass
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        if len(run):
            self._runs.append(run)


_WORDS = 1 << 22
_BITS = (40, 46, 52, 58)  # where a hash has the numbers of its four bits


def _words(hashes: Sequence[bytes]) -> NDArray[np.uint64]:
    """The first 64 bits of each hash."""
    return np.frombuffer(b"".join(hashes), dtype="<u8")[::2].astype(np.uint64)


def _first_ones(words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which words did not come earlier among themselves."""
    fresh = np.zeros(len(words), dtype=bool)
    fresh[np.unique(words, return_index=True)[1]] = True
    return fresh


class ContentKeys:
    """The keys of events without an id, in the order of one file."""

    def __init__(self, source: str) -> None:
        self._prefix = _prefixed(source.encode()) + _CONTENT
        self._seen = Seen()
        self._repeats: Counter[bytes] = Counter()

    def keys(self, contents: Sequence[str]) -> list[bytes]:
        """The keys of the file's next rows; ``contents`` is what each row says."""
        hashes = _hashes(self._prefix, contents)
        for place in self._seen.places(hashes):
            first = hashes[place]
            self._repeats[first] += 1
            ordinal = self._repeats[first].to_bytes(8, "big")
            hashes[place] = blake2b(first, key=ordinal, digest_size=SIZE).digest()
        return hashes
