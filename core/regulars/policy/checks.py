"""The checks of a planned message, in their fixed order; the first that says no is the reason.

1. ``late``: the occasion is longer ago than the message's ``max_lateness``.
2. ``consent``, ``unreachable``: no channel may be used, or none has an address.
3. ``exited``: the step is gone from the playbook since the message was planned.
4. ``duplicate``: the same step goes to the same address twice in one run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from regulars.instants import micros
from regulars.store import tables
from regulars.store.functions import fold

from .routing import route, routes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from regulars.segments.scope import Scope
    from regulars.store import Store


def decide(store: Store, scope: Scope, run: int) -> None:
    """Check every planned message: it keeps its place with a channel, or is skipped with a reason.

    Messages that an earlier run planned and didn't send are checked again.
    """
    deliveries = tables.deliveries
    with store.transaction() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "planned")
            .values(channel=None, address=None)
        )
        _refuse_late(connection, scope)
        for step in routes(scope.playbook):
            route(connection, scope, step)
        _refuse_exited(connection)
        _refuse_duplicates(connection)
        connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "skipped", deliveries.c.decided_by.is_(None))
            .values(decided_by=run, settled_at=micros(scope.now))
        )


def _refuse_late(connection: Connection, scope: Scope) -> None:
    deliveries = tables.deliveries
    for name, message in scope.playbook.messages.items():
        if message.max_lateness is not None:
            oldest = micros(message.max_lateness.before(scope.now, scope.zone))
            connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.state == "planned",
                    deliveries.c.message == name,
                    deliveries.c.occurred_at < oldest,
                )
                .values(state="skipped", reason="late")
            )


def _refuse_exited(connection: Connection) -> None:
    """What no route took is of a step that is gone from the playbook."""
    deliveries = tables.deliveries
    connection.execute(
        update(deliveries)
        .where(deliveries.c.state == "planned", deliveries.c.channel.is_(None))
        .values(state="skipped", reason="exited")
    )


def _refuse_duplicates(connection: Connection) -> None:
    """Of several messages of one step to one address, the first planned one goes."""
    deliveries = tables.deliveries
    place = func.row_number().over(
        partition_by=[
            deliveries.c.journey,
            deliveries.c.step,
            deliveries.c.channel,
            fold(deliveries.c.address),
        ],
        order_by=deliveries.c.id,
    )
    ranked = (
        select(deliveries.c.id, place.label("place"))
        .where(deliveries.c.state == "planned")
        .subquery("ranked")
    )
    again = select(ranked.c.id).where(ranked.c.place > 1)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(again))
        .values(state="skipped", reason="duplicate")
    )
