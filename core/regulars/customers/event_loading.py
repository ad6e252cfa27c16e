"""Event loading: events of one source into the store, each once, with their customers."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from regulars.errors import SourceError
from regulars.store import insert_rows, tables

from .event_keys import ContentKeys, keys_of_ids
from .known_ids import KnownIds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Table

    from .event_rows import EventReader, EventRows
    from .source_columns import Fields

MOST_NAMES = 10_000  # different names of events in one source
_COLUMNS = ("customer", "time", "name", "source", "key", "properties")
_KEY = _COLUMNS.index("key")


class EventLoading:
    """Loads what ``reader`` reads. Customers who are not known yet are made."""

    def __init__(
        self,
        connection: Connection,
        customers: Table,
        events: Table,
        reader: EventReader,
        source: tuple[int, str],
    ) -> None:
        self._connection, self._events, self._reader = connection, events, reader
        self._number, self._source = source
        self._customers = KnownIds(connection, customers, "key")
        self._names = KnownIds(connection, tables.event_names, "name")
        self._names_seen: set[str] = set()
        self._contents = ContentKeys(self._source)
        newest = select(func.max(events.c.id))
        self._next_id = (
            (connection.scalar(newest) or 0) + 1 if connection.dialect.name == "sqlite" else None
        )

    @property
    def required(self) -> Sequence[str]:
        """The fields that every row must have."""
        return self._reader.required

    def read(self, fields: Fields) -> EventRows:
        """The rows in ``fields``; a ValueError says what is wrong with one of them."""
        return self._reader.read(fields)

    def next_part(self) -> None:
        """A new file begins: equal rows are counted anew."""
        self._contents = ContentKeys(self._source)

    def add(self, rows: EventRows) -> None:
        """Insert what isn't there yet."""
        self._check_names(rows.names)
        if rows.ids is not None:
            keys = keys_of_ids(self._source, rows.ids)
        else:
            keys = self._contents.keys(rows.contents or ())
        customers = self._customers.of(rows.customers)
        names = self._names.of(rows.names)
        sources = [self._number] * len(keys)
        columns = (customers, rows.times, names, sources, keys, rows.properties, *rows.used)
        self._insert(zip(*columns, strict=True))

    def _insert(self, rows: Iterable[tuple[Any, ...]]) -> None:
        names: tuple[str, ...] = (*_COLUMNS, *self._reader.columns)
        if self._next_id is not None:
            names, rows = (*names, "id"), self._by_key(list(rows))
        insert_rows(self._connection, self._events, names, rows, skip_existing=True)

    def _by_key(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The rows in the order of their keys, with ids in the order in which they came.

        SQLite writes the index of random keys a fifth faster so, and more in a large store.
        """
        first = self._next_id or 0
        self._next_id = first + len(rows)
        return sorted(((*row, first + n) for n, row in enumerate(rows)), key=itemgetter(_KEY))

    def _check_names(self, names: Sequence[str]) -> None:
        self._names_seen.update(names)
        if len(self._names_seen) > MOST_NAMES:
            raise SourceError(
                f"there are more than {MOST_NAMES:,} different names of events; "
                "map event to the column that has the event's name"
            )

    def finish(self) -> int:
        """How many customers were made."""
        return self._customers.made
