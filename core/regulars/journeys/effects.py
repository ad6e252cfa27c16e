"""``set`` and ``emit``: what a journey changes about a customer besides writing to them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from regulars.customers.loading.customer_rows import CustomerReader
from regulars.customers.loading.source_columns import Fields
from regulars.customers.own_events import OwnEvents
from regulars.customers.touching import touch
from regulars.store import event_code, write_events_in_turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Select

    from regulars.playbook.journeys import Emit
    from regulars.segments.scope import Scope

    from .place import Place


def set_attributes(
    connection: Connection, scope: Scope, who: Select[Any], values: Mapping[str, Any]
) -> None:
    """Write the attributes of everybody ``who``."""
    customers = scope.tables.customers
    reader = CustomerReader(scope.playbook.customer, scope.zone)
    one_row = {"id": ["set"]} | {name: [value] for name, value in values.items()}
    columns = reader.read(Fields(one_row, 1)).columns
    written = {name: cells[0] for name, cells in columns.items()}
    these = customers.c.id.in_(who)
    touch(connection, select(customers.c.id).where(these))
    connection.execute(update(customers).where(these).values(written))


def emit_event(connection: Connection, place: Place, step: str, emit: Emit) -> None:
    """Record the event once for each entry.

    It happens one microsecond after the run's instant, so that a second run at the same instant
    still sees the world as the first one did.
    """
    write_events_in_turn(connection)
    cohort = place.cohort
    due = connection.execute(
        select(cohort.c.entry, cohort.c.customer).where(cohort.c.new == 1).order_by(cohort.c.entry)
    ).all()
    own, code = OwnEvents(place.scope.tables.events), event_code(connection, emit.emit)
    said = own.said(emit.properties)
    rows = (
        (customer, place.now + 1, code, _event_key(place.name, entry, step), said)
        for entry, customer in due
    )
    own.insert(connection, rows)


def _event_key(journey: str, entry: int, step: str) -> bytes:
    digest = blake2b(digest_size=16, person=b"emit")
    for part in (journey, str(entry), step):
        digest.update(f"{len(part)}:{part}".encode())
    return digest.digest()
