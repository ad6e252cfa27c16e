"""Standing: whether a planned message is still due, and whether its step and entry still stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from regulars.instants import micros
from regulars.playbook.journeys import EXIT_WHEN, REMOVED
from regulars.store import tables

from .routing import routes

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Table

    from .candidates import Candidates


def late(connection: Connection, candidates: Candidates) -> None:
    """``late``: it was due longer ago than the message's ``max_lateness``."""
    scope, table = candidates.scope, candidates.table
    for (name,) in candidates.distinct(connection, "message", where=candidates.open):
        message = scope.playbook.messages.get(name)
        if message is not None and message.max_lateness is not None:
            oldest = micros(message.max_lateness.before(scope.now, scope.zone))
            candidates.skip(connection, "late", table.c.message == name, table.c.due_at < oldest)


def exited(connection: Connection, candidates: Candidates) -> None:
    """``exited``: the step is gone from the playbook, or the customer left before it was sent."""
    table = candidates.table
    candidates.skip(connection, "exited", left(table))
    there = {
        (route.journey, route.step, route.message) for route in routes(candidates.scope.playbook)
    }
    columns = ("journey", "step", "message")
    for row in candidates.distinct(connection, *columns, where=candidates.open):
        if tuple(row) not in there:
            mine = (table.c[name] == value for name, value in zip(columns, row, strict=True))
            candidates.skip(connection, "exited", *mine)


def left(table: Table) -> ColumnElement[bool]:
    """Whether the entry of a row of ``table`` ended before its time.

    An ``exit`` step is no such end: what was planned before it still goes.
    """
    entries = tables.entries
    query = select(entries.c.id).where(
        entries.c.id == table.c.entry,
        entries.c.state == "exited",
        entries.c.reason.in_((EXIT_WHEN, REMOVED)),
    )
    return query.correlate(table).exists()
