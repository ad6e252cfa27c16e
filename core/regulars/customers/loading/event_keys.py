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
    """What may have come before: 16 MB of bits, two for each key.

    Of two million keys one in a thousand is wrongly taken for a repeat, of eight million one in
    seventy; a real repeat never goes unnoticed.
    """

    def __init__(self) -> None:
        self._bits = np.zeros(1 << (_BITS - 3), dtype=np.uint8)

    def places(self, hashes: Sequence[bytes]) -> list[int]:
        """Where ``hashes`` has what may have come before, here or in an earlier batch."""
        words = _words(hashes)
        fresh = _first_ones(words)
        known = np.ones(len(words), dtype=bool)
        for place in (words >> np.uint64(64 - _BITS), words & np.uint64((1 << _BITS) - 1)):
            byte, bit = (
                place >> np.uint64(3),
                np.uint8(1) << (place & np.uint64(7)).astype(np.uint8),
            )
            known &= (self._bits[byte] & bit) != 0
            np.bitwise_or.at(self._bits, byte, bit)
        return np.flatnonzero(known | ~fresh).tolist()


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


_BITS = 27


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
