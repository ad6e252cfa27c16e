"""Sifting: the good rows of a batch, and why the others are bad.

A batch is read as a whole; only when that fails is it halved until each bad row stands alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from regulars.hooks import Rejected

from .id_columns import ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .source_columns import Fields

Rows = TypeVar("Rows")


def sift(
    read: Callable[[Fields], Rows], fields: Fields, numbers: Sequence[int], whose: str
) -> tuple[Rows, list[Rejected]]:
    """What ``read`` makes of the good rows, and the bad ones with their number and reason.

    ``whose`` is the field with the id of the customer.
    """
    try:
        return read(fields), []
    except ValueError:
        reasons = _reasons(read, fields, range(fields.rows))
    good = [place for place in range(fields.rows) if place not in reasons]
    customers = fields.values[whose]
    bad = [Rejected(numbers[n], why, _readable(customers[n])) for n, why in reasons.items()]
    return read(fields.only(good)), bad


def _readable(customer: Any) -> str | None:
    """An id as a good row would have it; None where the id itself is what is bad."""
    try:
        return ids([customer], "row")[0]
    except ValueError:
        return None


def _reasons(
    read: Callable[[Fields], Rows], fields: Fields, places: Sequence[int]
) -> dict[int, str]:
    try:
        read(fields.only(places))
    except ValueError as error:
        if len(places) == 1:
            return {places[0]: str(error)}
        middle = len(places) // 2
        return _reasons(read, fields, places[:middle]) | _reasons(read, fields, places[middle:])
    return {}
