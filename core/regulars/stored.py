"""Stored: which columns keep the words of a playbook, and what they keep of a value.

It needs nothing of the database, so that a process that only reads files begins at once.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from regulars.amounts import millionths

VALUE_LENGTH = 1000  # characters of a declared text attribute or an event property in use


def sample_column(seed: str) -> str:
    """The column of ``customers`` that keeps each customer's share for ``seed``."""
    return f"u_{hashlib.blake2b(seed.encode(), digest_size=8).hexdigest()}"


def attribute_column(name: str) -> str:
    """The column of ``customers`` that keeps the declared attribute ``name``; a point as text."""
    return f"a_{name}"


def vector_columns(name: str) -> tuple[str, str, str]:
    """The columns of ``customers`` that keep the point ``name`` as a unit vector."""
    return (f"x_{name}", f"y_{name}", f"z_{name}")


def text_column(name: str) -> str:
    """The column of ``events`` that keeps the property ``name`` as text."""
    return f"p_{name}"


def amount_column(name: str) -> str:
    """The column of ``events`` that keeps the property ``name`` in millionths."""
    return f"n_{name}"


def score_column(name: str) -> str:
    """The column of ``scores`` that keeps the score ``name``, such as ``value.alive``."""
    return f"s_{name}"


def text_of(value: object) -> str | None:
    """An event property as text: what ``p_…`` keeps of it, at most 1000 characters."""
    if value is None or isinstance(value, str):
        return value[:VALUE_LENGTH] if value else value
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)[:VALUE_LENGTH]
    return str(value)[:VALUE_LENGTH]


def amount_of(value: Any) -> int | None:
    """An event property in millionths: what ``n_…`` keeps of it; None when it is no number."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    try:
        return millionths(value)
    except ValueError:
        return None
