"""Old events: those of some customers that are older than the playbook keeps events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.store import of_any_name, tables

if TYPE_CHECKING:
    from sqlalchemy import Select, Table

    from regulars.store import Tables


@dataclass(frozen=True)
class OldEvents:
    """The events at or before ``limit`` of the customers with numbers above ``after`` to ``upto``.

    Those that let in an entry which is still active are not among them.
    """

    tables: Tables
    limit: int
    after: int
    upto: int

    @property
    def events(self) -> Table:
        """The table of events."""
        return self.tables.events

    def select(self, *columns: Any) -> Select[Any]:
        """SELECT ``columns`` of them."""
        events, entries = self.events, tables.entries
        letting_in = select(entries.c.event).where(
            entries.c.state == "active",
            entries.c.event.is_not(None),
            entries.c.occurred_at <= self.limit,
        )
        return select(*columns).where(
            of_any_name(events),
            events.c.customer > self.after,
            events.c.customer <= self.upto,
            events.c.time <= self.limit,
            events.c.id.not_in(letting_in),
        )
