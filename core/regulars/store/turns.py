"""Turns: transactions that write events come one after the other.

Journeys remember the newest event that they have seen. An event with a lower number must not
become visible after it, so the numbers are given and committed in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from .bulk import insert_rows
from .tables import facts

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TURN = "events.turn"


def write_events_in_turn(connection: Connection) -> None:
    """Wait until nobody else writes events, and let nobody until this transaction ends.

    SQLite lets one transaction write at a time anyway.
    """
    if connection.dialect.name != "sqlite":
        insert_rows(connection, facts, ("name", "value"), [(_TURN, "")], skip_existing=True)
        connection.execute(select(facts.c.name).where(facts.c.name == _TURN).with_for_update())
