"""Erasing: everything of one customer goes, but for what it takes that they don't come back.

What stays is a keyed hash of the client's id and of each address, in the suppression list. And
the decision log keeps its counts by journey, step, message, channel, state, reason and run: a
delivery stays with the customer 0, the negative of its own number as its entry, its instants those
of the run that planned it, and neither an address nor what a provider said. What was still to be
sent is skipped(suppressed); what would have been tried again has failed for good. Models forget
all that they had learned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, func, select, update

from regulars.customers.suppressions import keep_hashes, suppress_erased
from regulars.errors import TemporaryError
from regulars.store import tables

from .erased import NOBODY, customer_key, remember_key
from .forgetting import remove_with_customer, take_back_numbers
from .personal import personal_tables
from .unlearning import unlearn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.store import Tables

    from .personal import Person

OPEN = ("planned", "held")


@dataclass(frozen=True)
class Erasure:
    """How many rows of which table were a customer's, or when they were erased ``before``."""

    rows: Mapping[str, int] = field(default_factory=dict)
    before: datetime | None = None


def count_rows(connection: Connection, own: Tables, person: Person) -> Erasure:
    """What ``erase`` would remove of ``person``; of deliveries, what it would make nobody's."""
    counts = {}
    for table in personal_tables(own):
        mine = person.rows(table)
        if mine is not None:
            query = select(func.count()).select_from(table).where(mine)
            counts[table.name] = connection.scalar(query) or 0
    return Erasure(counts)


def erase(connection: Connection, own: Tables, person: Person, secret: bytes, at: int) -> Erasure:
    """Remove ``person`` in this transaction; ``at`` is in microseconds.

    ``secret`` is the playbook's key: it alone can recognise them later.

    Raises:
        TemporaryError: a message to them is on its way.
    """
    _refuse_in_flight(connection, person)
    found = count_rows(connection, own, person)
    remember_key(connection, secret)
    suppress_erased(connection, secret, person.addresses, at)
    keep_hashes(connection, [customer_key(secret, person.key)], at)
    for table in reversed(list(personal_tables(own))):
        mine = person.rows(table)
        if table.name == tables.deliveries.name:
            _make_nobodys(connection, person, at)
        elif table.name == tables.events.name and mine is not None:
            remove_with_customer(connection, select(table.c.id).where(mine))
        elif mine is not None:
            connection.execute(delete(table).where(mine))
    take_back_numbers(connection)
    unlearn(connection)
    return found


def _refuse_in_flight(connection: Connection, person: Person) -> None:
    """No message to ``person`` may be claimed, nor be claimed from now on."""
    deliveries = tables.deliveries
    theirs = select(deliveries).where(deliveries.c.customer == person.number).with_for_update()
    for row in connection.execute(theirs):
        if row.state == "claimed":
            raise TemporaryError(
                f"the message '{row.message}' to {person.key} is on its way, so nothing was "
                "erased: try again when the run has ended. If it was killed, the next run "
                "settles what it left"
            )


def _make_nobodys(connection: Connection, person: Person, at: int) -> None:
    rows = tables.deliveries.c
    waiting = rows.state.in_(OPEN)
    given_up = and_(rows.state == "failed", rows.reason == "temporary")
    reason = case((waiting, "suppressed"), (given_up, "permanent"), else_=rows.reason)
    nothing = ("address", "detail", "provider_id", "owner", "lease_until", "hold_until")
    connection.execute(
        update(tables.deliveries)
        .where(rows.customer == person.number)
        .ordered_values(  # MariaDB gives values one after another, and state decides the others
            (rows.reason, reason),
            (rows.settled_at, case((waiting, at), else_=rows.settled_at)),
            (rows.state, case((waiting, "skipped"), else_=rows.state)),
            (rows.entry, -rows.id),
            (rows.occurred_at, rows.planned_at),
            (rows.due_at, rows.planned_at),
            *((rows[name], None) for name in nothing),
            (rows.customer, NOBODY),
        )
    )
