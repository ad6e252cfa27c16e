"""Small things that the store knows about itself, and numbers for the names of events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from regulars.store.tables import event_names, facts

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, FromClause

    from regulars.store.schema import Columns

FITTED = ("customers", "events", "traits", "scores")  # tables with columns of a playbook's own
_COLUMNS = "columns"
_ROLLED_UP = "events.rolled_up_until"


def get_fact(connection: Connection, name: str) -> str | None:
    """The fact's value, or None when it was never set."""
    return connection.scalar(select(facts.c.value).where(facts.c.name == name))


def set_fact(connection: Connection, name: str, value: str) -> None:
    """Keep ``value`` under ``name``, in place of what was there."""
    known = get_fact(connection, name)
    if known is None:
        connection.execute(insert(facts).values(name=name, value=value))
    elif known != value:
        connection.execute(update(facts).where(facts.c.name == name).values(value=value))


def get_columns(connection: Connection) -> Columns:
    """The columns of playbooks' own that the store has: table → column → type."""
    value = get_fact(connection, _COLUMNS)
    columns: Columns = json.loads(value) if value else {}
    return {name: columns.get(name, {}) for name in FITTED}


def set_columns(connection: Connection, columns: Columns) -> None:
    """Record the columns that the store now has."""
    set_fact(connection, _COLUMNS, json.dumps(columns, sort_keys=True))


def rolled_up_until(connection: Connection) -> int | None:
    """Until when (microseconds) the store's events were rolled up; None if they never were."""
    until = get_fact(connection, _ROLLED_UP)
    return None if until is None else int(until)


def set_rolled_up_until(connection: Connection, until: int) -> None:
    """Note that events at or before ``until`` are rolled up; it never goes back."""
    set_fact(connection, _ROLLED_UP, str(max(until, rolled_up_until(connection) or until)))


def event_code(connection: Connection, name: str) -> int:
    """The number of the event called ``name``; a new name gets the next one."""
    code: int | None = connection.scalar(select(event_names.c.id).where(event_names.c.name == name))
    if code is not None:
        return code
    connection.execute(insert(event_names).values(name=name))
    return event_code(connection, name)


def of_any_name(events: FromClause) -> ColumnElement[bool]:
    """True of every event; with it those of one customer are found by the index, name by name."""
    known: ColumnElement[bool] = events.c.name.in_(select(event_names.c.id))
    return known
