"""Packed columns: a column on its way to another process, as few large objects, not many small."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_END = "\0"  # no text of a row has it


def pack(column: Sequence[Any]) -> Any:
    """``column`` as one text, one array, or as it is."""
    kinds = set(map(type, column))
    if kinds == {str}:
        text = _END.join(column)
        return text if text.count(_END) == len(column) - 1 else column
    if kinds == {int}:
        try:
            return array("q", column)
        except OverflowError:
            return column
    return column


def unpack(packed: Any) -> Sequence[Any]:
    """The column that was packed."""
    if isinstance(packed, str):
        return packed.split(_END)
    return packed.tolist() if isinstance(packed, array) else packed
