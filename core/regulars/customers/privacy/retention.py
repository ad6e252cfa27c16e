"""Retention: events that are older than the playbook keeps them are dropped or rolled up.

It goes from customer to customer in batches, each a transaction of its own: a run that is killed
has done the first of them, and the next run does the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Column, func, select

from regulars.instants import instant
from regulars.store import insert_from, temporary
from regulars.store.tables import Id

from .forgetting import remove_events
from .limits import retention_limit
from .old_events import OldEvents
from .rolling_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook
    from regulars.store import Store

BATCH = 20_000  # customers


@dataclass(frozen=True)
class Retained:
    """What became of the ``events`` at or before ``until`` that had been kept so far."""

    then: Literal["drop", "roll_up"]
    until: datetime
    events: int


def keep_to_retention(store: Store, playbook: Playbook, now: datetime) -> Retained | None:
    """Drop or roll up what ``playbook`` keeps no longer at ``now``; None if it keeps everything."""
    limit = retention_limit(playbook, now)
    if playbook.retention is None or limit is None:
        return None
    then = playbook.retention.then
    work = roll_up if then == "roll_up" else drop
    events = 0
    for old in _batches(store, limit):
        with store.transaction() as connection:
            events += work(connection, old)
    if events and then == "roll_up":
        store.index_events()  # so that it holds how many events a row stands for
    return Retained(then, instant(limit), events)


def drop(connection: Connection, old: OldEvents) -> int:
    """Remove ``old`` events; how many."""
    number = Column("id", Id, primary_key=True, autoincrement=False)
    with temporary(connection, "old_events", number) as found:
        if not insert_from(connection, found, ["id"], old.select(old.events.c.id)):
            return 0
        return remove_events(connection, select(found.c.id))


def _batches(store: Store, limit: int) -> Iterator[OldEvents]:
    customers, after = store.tables.customers, 0
    while True:
        some = select(customers.c.id).where(customers.c.id > after).order_by(customers.c.id)
        last = select(func.max(some.limit(BATCH).subquery("some").c.id))
        with store.reading() as connection:
            upto = connection.scalar(last)
        if upto is None:
            return
        yield OldEvents(store.tables, limit, after, upto)
        after = upto
