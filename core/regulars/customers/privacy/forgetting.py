"""Forgetting events: they are removed, and nothing refers to their numbers any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from regulars.customers.touching import take_back_seen, touch
from regulars.store import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select


def remove_events(connection: Connection, gone: Select[Any]) -> int:
    """Remove the events whose numbers ``gone`` selects; how many there were.

    An entry that one of them let in stays, without its event.
    """
    events = tables.events
    touch(connection, select(events.c.customer).where(events.c.id.in_(gone)))
    return remove_with_customer(connection, gone)


def remove_with_customer(connection: Connection, gone: Select[Any]) -> int:
    """As ``remove_events``, where nothing needs computing: what was computed goes as well."""
    entries, events = tables.entries, tables.events
    connection.execute(update(entries).where(entries.c.event.in_(gone)).values(event=None))
    count = connection.execute(delete(events).where(events.c.id.in_(gone))).rowcount
    if count:
        take_back_numbers(connection)
    return count


def take_back_numbers(connection: Connection) -> None:
    """SQLite gives the numbers of the newest rows again: traits and journeys must look at those."""
    take_back_seen(connection)
    journeys = tables.journeys
    for table, seen in (
        (tables.events, journeys.c.last_event),
        (tables.changes, journeys.c.last_change),
    ):
        newest = connection.scalar(select(func.max(table.c.id))) or 0
        connection.execute(update(journeys).where(seen > newest).values({seen: newest}))
