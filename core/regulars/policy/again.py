"""The last look: between the plan and the sending a customer may have said no, or be gone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from regulars.customers.suppressions import STOPS_ALL, reasons_against
from regulars.customers.zones import zone_name
from regulars.store import tables

from .caps import attempted, counts
from .erasures import erased_secret
from .routing import consented
from .standing import left
from .windows import windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from regulars.segments.scope import Scope


def still_allowed(connection: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    """The deliveries among ``ids`` that must not go out any more, each with its reason.

    A few queries for the batch, inside the transaction that claims it.
    """
    rows = _read(connection, scope, ids)
    refusals = {row.id: "exited" for row in rows if row.left}
    refusals |= {row.id: "unreachable" for row in rows if row.person is None}
    for look in (_suppressed, _unwanted, _too_many):
        open_ = [row for row in rows if row.id not in refusals]
        refusals |= look(connection, scope, open_) if open_ else {}
    return refusals


def _read(connection: Connection, scope: Scope, ids: Sequence[int]) -> Sequence[Any]:
    customers, deliveries = scope.tables.customers, tables.deliveries
    columns = (deliveries.c[name] for name in ("id", "customer", "message", "channel", "address"))
    return connection.execute(
        select(
            *columns,
            customers.c.id.label("person"),
            zone_name(scope.tables, scope.zone).label("zone"),
            left(deliveries).label("left"),
        )
        .select_from(deliveries.outerjoin(customers, customers.c.id == deliveries.c.customer))
        .where(deliveries.c.id.in_(ids))
    ).all()


def _suppressed(connection: Connection, scope: Scope, rows: Sequence[Any]) -> dict[int, str]:
    secret = erased_secret(connection, scope.playbook)
    addresses = {row.address for row in rows if row.address}
    against = reasons_against(connection, addresses, secret)
    return {
        row.id: "suppressed"
        for row in rows
        if (reason := against.get(row.address))
        and (reason in STOPS_ALL or not _is_transactional(scope, row.message))
    }


def _unwanted(connection: Connection, scope: Scope, rows: Sequence[Any]) -> dict[int, str]:
    """Those whose customers don't agree to the topic any more."""
    people = scope.tables.customers.c.id
    refusals: dict[int, str] = {}
    for (message, channel), batch in _by_part(rows).items():
        if message in scope.playbook.messages:
            asked = people.in_([row.customer for row in batch])
            query = select(people).where(asked, ~consented(scope, message, channel))
            said_no = set(connection.scalars(query))
            refusals |= {row.id: "consent" for row in batch if row.customer in said_no}
    return refusals


def _by_part(rows: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    parts: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        parts[row.message, row.channel].append(row)
    return parts


def _is_transactional(scope: Scope, message: str) -> bool:
    return message in scope.playbook.messages and scope.playbook.is_transactional(message)


def _too_many(connection: Connection, scope: Scope, rows: Sequence[Any]) -> dict[int, str]:
    """Those for whom others were sent since, so that a cap has no room any more."""
    caps = scope.playbook.policy.caps
    marketing = [row for row in rows if not _is_transactional(scope, row.message)]
    if not caps or not marketing:
        return {}
    customers, mine, other = (
        scope.tables.customers,
        tables.deliveries.alias("mine"),
        tables.deliveries,
    )
    zone = zone_name(scope.tables, scope.zone)
    fuller: list[ColumnElement[bool]] = []
    for span in windows(caps, scope, {row.zone for row in marketing}):
        counted = and_(
            counts(span.cap, scope.playbook, mine),
            counts(span.cap, scope.playbook, other),
            attempted(scope.playbook, span.begins(zone)),
        )
        fuller.append(func.sum(case((counted, 1), else_=0)) >= span.cap.at_most)
    before = or_(other.c.id < mine.c.id, other.c.state != "claimed")
    query = (
        select(mine.c.id)
        .join_from(mine, other, and_(other.c.customer == mine.c.customer, before))
        .join(customers, customers.c.id == mine.c.customer)
        .where(mine.c.id.in_([row.id for row in marketing]), mine.c.id != other.c.id)
        .group_by(mine.c.id)
        .having(or_(*fuller))
    )
    return dict.fromkeys(connection.scalars(query), "cap")
