"""Batches: many things, some at a time, because a statement or the memory takes only so many."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """``items`` in their order, ``size`` at a time and the rest at last; never an empty list."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
