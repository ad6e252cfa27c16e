"""Event loading: events of one source into the store, each once, with their customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.errors import SourceError
from regulars.store import tables

from .cells import EARLIEST
from .event_keys import ContentKeys, keys_of_ids
from .event_writing import event_writing
from .known_ids import KnownIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

    from .event_rows import EventReader, EventRows
    from .left_out import LeftOut
    from .source_columns import Fields

MOST_NAMES = 10_000  # different names of events in one source
_COLUMNS = ("customer", "time", "name", "source", "key", "properties")


class EventLoading:
    """Loads what ``reader`` reads. Customers who are not known yet are made.

    ``latest`` is the latest time of an event that was read, in microseconds, ``earliest`` when
    there was none; ``last_before`` is the newest event's number before. ``by_local_times`` once
    events without an id were told apart by times without an offset.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (the parts of one load)
        self,
        connection: Connection,
        customers: Table,
        events: Table,
        reader: EventReader,
        source: tuple[int, str],
        left_out: LeftOut,
    ) -> None:
        self._reader = reader
        self.left_out = left_out
        self._number, self._source = source
        self._customers = KnownIds(connection, customers, "key", left_out.erased)
        self._names = KnownIds(connection, tables.event_names, "name")
        self._names_seen: set[str] = set()
        self._contents = ContentKeys(self._source)
        columns = (*_COLUMNS, *reader.columns)
        self._writing = event_writing(connection, events, columns)
        self.by_local_times = False
        self.latest = self.earliest = EARLIEST
        self.last_before = connection.scalar(select(func.max(events.c.id))) or 0

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
        latest = max(rows.times, default=EARLIEST)
        rows = self.left_out.recent(rows)
        if rows.ids is not None:
            keys = keys_of_ids(self._source, rows.ids)
        else:
            keys = self._contents.keys(rows.contents or ())
            self.by_local_times = self._reader.local_times
        customers = self._customers.of(rows.customers)
        names = self._numbers_of(rows.names)
        sources = [self._number] * len(keys)
        columns = (customers, rows.times, names, sources, keys, rows.properties, *rows.used)
        found = list(zip(*columns, strict=True))
        self._writing.write(self.left_out.of_others(found, customers))
        self.latest = max(self.latest, latest)

    @property
    def inserted(self) -> int:
        """How many events were new."""
        return self._writing.inserted

    def _numbers_of(self, names: Sequence[str]) -> list[int]:
        different = sorted(set(names))
        self._names_seen.update(different)
        if len(self._names_seen) > MOST_NAMES:
            raise SourceError(
                f"there are more than {MOST_NAMES:,} different names of events; "
                "map event to the column that has the event's name"
            )
        numbers = dict(zip(different, self._names.of(different), strict=True))
        if len(numbers) == 1:
            return list(numbers.values()) * len(names)
        return [numbers[name] for name in names]

    def finish(self) -> int:
        """Write what waits; how many customers were made."""
        self.next_part()  # forgets what was seen, which the index needs the memory of
        self._writing.finish()
        return self._customers.made
