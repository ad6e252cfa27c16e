"""The last look: between the plan and the sending a customer may have said no, or be gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, select

from regulars.store import tables

from .routing import consented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from regulars.segments.scope import Scope


def still_allowed(connection: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    """The deliveries among ``ids`` that must not go out any more, each with its reason.

    One query for the batch, inside the transaction that claims it.
    """
    customers, deliveries = scope.tables.customers, tables.deliveries
    withdrawn = _withdrawn(scope)
    rows = connection.execute(
        select(deliveries.c.id, customers.c.id)
        .select_from(deliveries.outerjoin(customers, customers.c.id == deliveries.c.customer))
        .where(deliveries.c.id.in_(ids), or_(customers.c.id.is_(None), withdrawn))
    )
    return {
        delivery: "unreachable" if customer is None else "consent" for delivery, customer in rows
    }


def _withdrawn(scope: Scope) -> ColumnElement[bool]:
    """The messages and channels that need a consent which the customer doesn't give."""
    deliveries = tables.deliveries
    return or_(
        false(),
        *(
            and_(
                deliveries.c.message == name,
                deliveries.c.channel == channel,
                ~consented(scope, name, channel),
            )
            for name, message in scope.playbook.messages.items()
            for channel in message.parts
        ),
    )
