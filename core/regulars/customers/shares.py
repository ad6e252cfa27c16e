"""Stable shares: which part of the customers a sample, a holdout or an arm takes.

A strong hash of the seed and the customer, so that seeds are independent of one another and a
customer's share never moves.
"""

from __future__ import annotations

import hashlib
import math

SHARES = 2**53  # every whole number below it is exact in a double


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


def _prefixed(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded).to_bytes(8, "big") + encoded
