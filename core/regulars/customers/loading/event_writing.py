"""Event writing: rows into the events table, each key once.

An index of random keys costs more than all the rest of a load. Into an empty table rows are written
without the index, which is then built at once; into a full one SQLite is given each batch in the
order of its keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Column, func, select

from regulars.store import insert_from, insert_rows, tables, temporary
from regulars.store.dialects import dialect_of

from .event_keys import MaybeSeen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import ExitStack

    from sqlalchemy import Connection, Index, Table

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

    Rows whose key may have come before wait in a temporary table until the index can tell.
    """

    def __init__(
        self, connection: Connection, events: Table, columns: Sequence[str], waiting: ExitStack
    ) -> None:
        super().__init__(connection, events, columns)
        self._seen, self._waiting = MaybeSeen(), waiting
        place = Column("place", tables.Id, primary_key=True)
        copies = [Column(name, events.c[name].type) for name in self._columns]
        self._aside = waiting.enter_context(temporary(connection, "aside", place, *copies))
        _once(events).drop(connection)

    def write(self, columns: Columns) -> None:
        """Insert what isn't there yet, or let it wait."""
        repeated = self._seen.places(columns[self._key])
        waiting = (tuple(column[place] for column in columns) for place in repeated)
        insert_rows(self._connection, self._aside, self._columns, waiting)
        fresh = np.ones(len(columns[self._key]), dtype=bool)
        fresh[repeated] = False
        rows = compress(zip(*columns, strict=True), fresh.tolist())
        self._insert(self._columns, rows, skip=False)

    def finish(self) -> None:
        """Build the index and write the rows that waited for it."""
        self._seen = MaybeSeen()  # gives its memory to the index that is sorted now
        _once(self._events).create(self._connection)
        aside, names = self._aside.c, self._columns
        rows = select(*(aside[name] for name in names)).order_by(aside.place)
        self.inserted += insert_from(
            self._connection, self._events, names, rows, skip_existing=True
        )
        self._waiting.close()


def event_writing(
    connection: Connection, events: Table, columns: Sequence[str], waiting: ExitStack
) -> EventWriting:
    """The fastest way to write into ``events`` as it is now; ``waiting`` has what waits in it."""
    if not _newest(connection, events) and dialect_of(connection.dialect.name).DDL_ROLLS_BACK:
        return IntoEmpty(connection, events, columns, waiting)
    way = InOrderOfKeys if connection.dialect.name == "sqlite" else EventWriting
    return way(connection, events, columns)


def _newest(connection: Connection, events: Table) -> int:
    return connection.scalar(select(func.max(events.c.id))) or 0


def _once(events: Table) -> Index:
    return next(index for index in events.indexes if index.name == "events_once")
