"""Packed columns: a column on its way to another process as one large object, not many small."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_END = "\0"  # hardly any text has it


def pack(column: Sequence[Any]) -> Any:
    """Texts as one text, whole numbers as an array, any other column as it is."""
    try:
        text = _END.join(column)
    except TypeError:
        return _numbers(column)
    return text if text.count(_END) == len(column) - 1 else column


def _numbers(column: Sequence[Any]) -> Any:
    try:
        return array("q", column)
    except (TypeError, OverflowError):
        return column


def unpack(packed: Any) -> Sequence[Any]:
    """The column that was packed."""
    if isinstance(packed, str):
        return packed.split(_END)
    return packed.tolist() if isinstance(packed, array) else packed
