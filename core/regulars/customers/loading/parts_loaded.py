"""Parts loaded: what of a source was read before, so that it is not read again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from regulars.errors import SourceError
from regulars.store import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

_LONGEST = 190  # characters of an origin


@dataclass(frozen=True)
class Place:
    """How far a source with a cursor was read.

    ``value`` is the largest so far and ``rows`` how many rows have it: a later load, which begins
    at ``value``, sees them again.
    """

    value: Any = None
    rows: int = 0

    def after(self, values: Sequence[Any]) -> Place:
        """The place after rows with these values.

        Raises:
            SourceError: they can't be compared.
        """
        known = [value for value in values if value is not None]
        if not known:
            return self
        try:
            largest = max(known)
            if self.value is None or largest > self.value:
                return Place(largest, known.count(largest))
        except TypeError:
            raise SourceError(
                "the cursor column has values that can't be compared; choose one of one type"
            ) from None
        return replace(self, rows=self.rows + known.count(self.value))


@dataclass(frozen=True)
class PartLoaded:
    """What was read of one part: its fingerprint then, all its rows and the bad ones.

    ``erased`` and ``too_old`` are good rows that were left out, see ``left_out.py``. With an equal
    ``stamp`` it surely hasn't changed.
    """

    fingerprint: str
    place: Place = Place()
    rows: int = 0
    rejected: int = 0
    erased: int = 0
    too_old: int = 0
    stamp: str | None = None


class PartsLoaded:
    """What was read of one source, by origin."""

    def __init__(self, connection: Connection, source: int) -> None:
        self._connection, self._source = connection, source
        loads = tables.loads
        found = connection.execute(select(loads).where(loads.c.source == source))
        self._parts = {
            row.origin: PartLoaded(
                row.fingerprint or "",
                _read_place(row.cursor),
                row.rows,
                row.rejected,
                row.erased,
                row.too_old,
                row.stamp,
            )
            for row in found
        }

    def __bool__(self) -> bool:
        return bool(self._parts)

    def get(self, origin: str) -> PartLoaded | None:
        """What was read of ``origin`` before, if anything."""
        return self._parts.get(origin)

    def put(self, origin: str, part: PartLoaded, at: int) -> None:
        """Remember what was read now."""
        loads = tables.loads
        mine = (loads.c.source == self._source, loads.c.origin == origin)
        self._connection.execute(delete(loads).where(*mine))
        self._connection.execute(
            insert(loads).values(
                source=self._source,
                origin=origin,
                fingerprint=part.fingerprint,
                cursor=_write_place(part.place),
                at=at,
                rows=part.rows,
                rejected=part.rejected,
                erased=part.erased,
                too_old=part.too_old,
                stamp=part.stamp,
            )
        )

    def restamp(self, origin: str, stamp: str | None) -> None:
        """Remember another stamp of what was read before."""
        loads = tables.loads
        mine = (loads.c.source == self._source, loads.c.origin == origin)
        self._connection.execute(update(loads).where(*mine).values(stamp=stamp))


def short_origin(origin: str) -> str:
    """``origin``, shortened in the middle so that it fits; different ones stay different."""
    readable = origin.encode("utf-8", "backslashreplace").decode()
    if len(readable) <= _LONGEST:
        return readable
    mark = blake2b(readable.encode(), digest_size=8).hexdigest()
    return f"{readable[:80]}…{mark}…{readable[-80:]}"


def _write_place(place: Place) -> str | None:
    value = place.value
    if value is None:
        return None
    if isinstance(value, str | int | float):
        return json.dumps({"value": value, "rows": place.rows})
    for kind, type_ in (("time", datetime), ("date", date)):
        if isinstance(value, type_):
            return json.dumps({kind: value.isoformat(), "rows": place.rows})
    if isinstance(value, Decimal):
        return json.dumps({"decimal": str(value), "rows": place.rows})
    raise SourceError(
        f"the cursor column holds {type(value).__name__} values; choose one with numbers or times"
    )


def _read_place(written: str | None) -> Place:
    if written is None:
        return Place()
    found = json.loads(written)
    rows = found.pop("rows")
    ((kind, value),) = found.items()
    read: dict[str, Callable[[Any], Any]] = {
        "time": datetime.fromisoformat,
        "date": date.fromisoformat,
        "decimal": Decimal,
    }
    return Place(read[kind](value) if kind in read else value, rows)
