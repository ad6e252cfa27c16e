"""Event writing: rows into the events table, each key once.

SQLite alone needs care: an index of random keys costs more than all the rest of a load. Into an
empty table rows are written without the index, which is then built at once; into a full one
each batch is written in the order of its keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from regulars.store import insert_rows

from .event_keys import MaybeSeen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Index, Table

MOST_ASIDE = 50_000  # rows in memory
Row = tuple[Any, ...]
Columns = Sequence[Sequence[Any]]


class EventWriting:
    """Inserts rows of the columns called so whose key isn't there yet; ``inserted`` counts them."""

    def __init__(self, connection: Connection, events: Table, columns: Sequence[str]) -> None:
        self._connection, self._events, self._columns = connection, events, tuple(columns)
        self._key = self._columns.index("key")
        self.inserted = 0

    def write(self, columns: Columns) -> None:
        """Insert what isn't there yet."""
        self._insert(self._columns, zip(*columns, strict=True))

    def finish(self) -> None:
        """Nothing is left."""

    def _insert(self, names: Sequence[str], rows: Iterable[Row], *, skip: bool = True) -> None:
        self.inserted += insert_rows(
            self._connection, self._events, names, rows, skip_existing=skip
        )


class InOrderOfKeys(EventWriting):
    """Writes each batch in the order of its keys, with ids in the order in which rows came."""

    def __init__(self, connection: Connection, events: Table, columns: Sequence[str]) -> None:
        super().__init__(connection, events, columns)
        self._next_id = _newest(connection, events) + 1

    def write(self, columns: Columns) -> None:
        """Insert what isn't there yet."""
        count = len(columns[self._key])
        ids = range(self._next_id, self._next_id + count)
        self._next_id += count
        rows = sorted(zip(*columns, ids, strict=True), key=itemgetter(self._key))
        self._insert((*self._columns, "id"), rows)


class IntoEmpty(EventWriting):
    """Writes into an empty table without its index of keys, which is built at the end.

    Rows whose key may have come before wait until the index can tell; when they are many, the
    index is built and the others are written as into a full table.
    """

    def __init__(self, connection: Connection, events: Table, columns: Sequence[str]) -> None:
        super().__init__(connection, events, columns)
        self._seen = MaybeSeen()
        self._aside: list[Row] = []
        self._then: InOrderOfKeys | None = None
        _once(events).drop(connection)

    def write(self, columns: Columns) -> None:
        """Insert what isn't there yet, or let it wait."""
        if self._then is not None:
            self._then.write(columns)
            return
        repeated = self._seen.places(columns[self._key])
        self._aside += [tuple(column[place] for column in columns) for place in repeated]
        fresh = np.ones(len(columns[self._key]), dtype=bool)
        fresh[repeated] = False
        rows = compress(zip(*columns, strict=True), fresh.tolist())
        self._insert(self._columns, rows, skip=False)
        if len(self._aside) > MOST_ASIDE:
            self._build()

    def finish(self) -> None:
        """Build the index, if it still waits, and write the rows that waited for it."""
        if self._then is None:
            self._build()
        if self._then is not None:
            self.inserted += self._then.inserted

    def _build(self) -> None:
        self._seen = MaybeSeen()  # gives its memory to the index that is sorted now
        _once(self._events).create(self._connection)
        self._then = InOrderOfKeys(self._connection, self._events, self._columns)
        if self._aside:
            self._then.write(list(zip(*self._aside, strict=True)))
        self._aside = []


def event_writing(connection: Connection, events: Table, columns: Sequence[str]) -> EventWriting:
    """The fastest way to write into ``events`` as it is now."""
    if connection.dialect.name != "sqlite":
        return EventWriting(connection, events, columns)
    way = InOrderOfKeys if _newest(connection, events) else IntoEmpty
    return way(connection, events, columns)


def _newest(connection: Connection, events: Table) -> int:
    return connection.scalar(select(func.max(events.c.id))) or 0


def _once(events: Table) -> Index:
    return next(index for index in events.indexes if index.name == "events_once")
