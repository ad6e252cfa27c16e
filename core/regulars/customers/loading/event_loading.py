"""Event loading: events of one source into the store, each once, with their customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.errors import SourceError
from regulars.store import tables

from .cells import EARLIEST
from .event_writing import event_writing
from .known_ids import KnownIds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack

    from sqlalchemy import Connection, Table

    from .event_rows import EventRows
    from .left_out import LeftOut

MOST_NAMES = 10_000  # different names of events in one source
_COLUMNS = ("customer", "time", "name", "source", "key", "properties")


class EventLoading:
    """Loads events that have the columns ``used``. Customers who are not known yet are made.

    ``latest`` is the latest time of an event that was read, in microseconds, ``earliest`` when
    there was none; ``last_before`` is the newest event's number before. ``by_local_times`` once
    events without an id were told apart by times without an offset.
    """

    last_counts = False

    def __init__(  # noqa: PLR0913, PLR0917 (the parts of one load)
        self,
        connection: Connection,
        customers: Table,
        events: Table,
        used: Sequence[str],
        source: int,
        left_out: LeftOut,
        waiting: ExitStack,
    ) -> None:
        self.left_out = left_out
        self._source = source
        self._customers = KnownIds(connection, customers, "key", left_out.erased)
        self._names = KnownIds(connection, tables.event_names, "name")
        self._names_seen: set[str] = set()
        columns = (*_COLUMNS, *used)
        self._writing = event_writing(connection, events, columns, waiting)
        self.by_local_times = False
        self.latest = self.earliest = EARLIEST
        self.last_before = connection.scalar(select(func.max(events.c.id))) or 0

    def add(self, rows: EventRows) -> None:
        """Insert what isn't there yet."""
        latest = max(rows.times, default=EARLIEST)
        rows = self.left_out.recent(rows)
        self.by_local_times |= rows.by_local_times
        customers = self._customers.of(rows.customers)
        names = self._numbers_of(rows.names)
        sources = [self._source] * len(customers)
        columns = (customers, rows.times, names, sources, rows.keys, rows.properties, *rows.used)
        self._writing.write(self.left_out.of_others(columns, customers))
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
        self._writing.finish()
        return self._customers.made
