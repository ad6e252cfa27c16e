"""Stable shares: which part of the customers a sample, a holdout or an arm takes.

A strong hash of the seed and the customer, so that seeds are independent of one another and a
customer's share never moves. ``growthbook`` is there for arms that a website gives out as well.
"""

from __future__ import annotations

import hashlib
import math

SHARES = 2**53  # every whole number below it is exact in a double
BUCKETS = 10_000  # of GrowthBook
_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193


def stable_share(seed: str, unit: str) -> int:
    """A whole number in [0, 2^53), evenly spread over units; the same for ever.

    The first 64 bits of blake2b over the length-prefixed UTF-8 of ``seed`` and ``unit``, cut to
    53. A share of 10% takes those below ``threshold(0.1)``.
    """
    digest = hashlib.blake2b(_prefixed(seed) + _prefixed(unit), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 11


def threshold(share: float) -> int:
    """The first number that a ``share`` from 0 to 1 leaves out."""
    return math.ceil(share * SHARES)


def bucket(seed: str, unit: str) -> int:
    """A whole number in [0, 10 000): where GrowthBook's SDKs put ``unit`` (hash version 2).

    FNV-1a of 32 bits, of its own digits: https://docs.growthbook.io/lib/build-your-own.
    """
    return _fnv(str(_fnv(seed + unit))) % BUCKETS


def bucket_threshold(share: float) -> int:
    """The first bucket that a ``share`` from 0 to 1 leaves out, compared as doubles."""
    near = max(math.floor(share * BUCKETS) - 1, 0)
    return next(n for n in range(near, near + 4) if n / BUCKETS >= share)


def _fnv(text: str) -> int:
    """As JavaScript does it, over the numbers of UTF-16."""
    encoded, value = text.encode("utf-16-le", "surrogatepass"), _FNV_OFFSET
    for low, high in zip(encoded[::2], encoded[1::2], strict=True):
        value = (value ^ (low | high << 8)) * _FNV_PRIME % 2**32
    return value


def _prefixed(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded).to_bytes(8, "big") + encoded
