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
    prefix = _prefixed(source.encode()) + _ID
    return [blake2b(prefix + id_.encode(), digest_size=SIZE).digest() for id_ in ids]


class Seen:
    """What came before, kept as 64 bits of its hash: 8 bytes a row.

    Two different rows of two million have the same 64 bits once in ten million loads.
    """

    def __init__(self) -> None:
        self._runs: list[NDArray[np.uint64]] = []  # sorted, each larger than the next

    def places(self, hashes: Sequence[bytes]) -> list[int]:
        """Where ``hashes`` has what came before, here or in an earlier batch, in order."""
        short = np.frombuffer(b"".join(hashes), dtype="<u8")[::2].astype(np.uint64)
        unique, first = np.unique(short, return_index=True)
        fresh = np.zeros(len(short), dtype=bool)
        fresh[first] = True
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, short), len(run) - 1)
            fresh &= run[place] != short
        self._remember(unique)
        return [int(place) for place in np.flatnonzero(~fresh)]

    def _remember(self, run: NDArray[np.uint64]) -> None:
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.union1d(self._runs.pop(), run)
        if len(run):
            self._runs.append(run)


class ContentKeys:
    """The keys of events without an id, in the order of one file."""

    def __init__(self, source: str) -> None:
        self._prefix = _prefixed(source.encode()) + _CONTENT
        self._seen = Seen()
        self._repeats: Counter[bytes] = Counter()

    def keys(self, contents: Sequence[str]) -> list[bytes]:
        """The keys of the file's next rows; ``contents`` is what each row says."""
        prefix = self._prefix
        hashes = [blake2b(prefix + c.encode(), digest_size=SIZE).digest() for c in contents]
        for place in self._seen.places(hashes):
            first = hashes[place]
            self._repeats[first] += 1
            ordinal = self._repeats[first].to_bytes(8, "big")
            hashes[place] = blake2b(first, key=ordinal, digest_size=SIZE).digest()
        return hashes
