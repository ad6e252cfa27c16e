"""In view: the events of a source that a run sees and the previous run did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.instants import micros
from regulars.store import get_fact, set_fact, tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from .event_loading import EventLoading


def in_view(
    connection: Connection, source: tuple[int, str], loaded: EventLoading, now: datetime
) -> int:
    """How many events at or before ``now`` are new or lay in the future at the previous run.

    ``source`` is its number and name. Events are only looked through where some lie ahead.
    """
    number, name = source
    ahead = f"source.{name}.latest"
    latest_before = int(get_fact(connection, ahead) or loaded.earliest)
    latest = max(latest_before, loaded.latest)
    if latest > latest_before:
        set_fact(connection, ahead, str(latest))
    events = tables.events
    seen = (events.c.source == number, events.c.time <= micros(now))
    found = loaded.inserted
    if loaded.latest > micros(now):
        found = _count(connection, *seen, events.c.id > loaded.last_before)
    previous = _previous_run(connection)
    if previous is not None and latest_before > previous:
        waited = (events.c.id <= loaded.last_before, events.c.time > previous)
        found += _count(connection, *seen, *waited)
    return found


def _previous_run(connection: Connection) -> int | None:
    runs = tables.runs
    finished = select(runs.c.at).where(runs.c.finished_at.is_not(None))
    return connection.scalar(finished.order_by(runs.c.id.desc()).limit(1))


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).where(*conditions)) or 0
