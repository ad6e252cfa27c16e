"""Own events: those that regulars itself records, of journeys and feedback, not of a source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from regulars.store import insert_rows
from regulars.store.schema import properties_kept
from regulars.stored import amount_column, amount_of, text_column, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table

OURS = 0  # what stands for their source
_COLUMNS = ("source", "customer", "time", "name", "key", "properties")

Said = tuple[Any, ...]  # an event's properties as the columns of the table keep them


class OwnEvents:
    """Writes such events into a table of events; see ``write_events_in_turn``."""

    def __init__(self, events: Table) -> None:
        self._events = events
        self._texts, self._amounts = properties_kept(events)

    def said(self, properties: Mapping[str, Any]) -> Said:
        """``properties`` whole, and those of them that the playbook reads."""
        whole = json.dumps(dict(properties), ensure_ascii=False) if properties else None
        return (
            whole,
            *(text_of(properties.get(name)) for name in self._texts),
            *(amount_of(properties.get(name)) for name in self._amounts),
        )

    def insert(
        self, connection: Connection, rows: Iterable[tuple[int, int, int, bytes, Said]]
    ) -> None:
        """Record (customer, time, number of the name, key, said), each key once."""
        used = (*map(text_column, self._texts), *map(amount_column, self._amounts))
        flat: Iterable[Sequence[Any]] = ((OURS, *first, *said) for *first, said in rows)
        insert_rows(connection, self._events, (*_COLUMNS, *used), flat, skip_existing=True)
