"""Duplicates: one address gets a step once, though two customers have it.

Of those who share it the first who may be written to is. So a duplicate is known last, but the caps
have to know it before: what doesn't go takes no room.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, and_, case, func, or_, select, update

from regulars.customers.suppressions import folded_column
from regulars.instants import micros
from regulars.store import insert_from, tables, temporary
from regulars.store.tables import Name, Value

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select, Table

    from .candidates import Candidates

RECENTLY = timedelta(days=1)
_PREFIX = 190  # characters of an address that an index takes on every database


def look_back(connection: Connection, candidates: Candidates) -> None:
    """Mark whose address had the step within a day, as another customer's; attempts count."""
    steps = candidates.distinct(connection, "journey", "step", where=candidates.open)
    if not steps:
        return
    deliveries, table = tables.deliveries, candidates.table
    folded = folded_column(deliveries.c.address)
    rows = select(
        deliveries.c.id,
        deliveries.c.customer,
        deliveries.c.journey,
        deliveries.c.step,
        func.substr(folded, 1, _PREFIX),
        folded,
    ).where(
        deliveries.c.settled_at > micros(candidates.scope.now - RECENTLY),
        deliveries.c.attempts > 0,
        deliveries.c.address.is_not(None),
        or_(*(and_(deliveries.c.journey == j, deliveries.c.step == s) for j, s in steps)),
    )
    with temporary(connection, "recent", *_columns()) as recent:
        names = ("delivery", "customer", "journey", "step", "prefix", "folded")
        if insert_from(connection, recent, names, rows):
            again = table.c.delivery.in_(_matching(candidates, recent))
            connection.execute(update(table).where(again).values(went=1))


def duplicate(connection: Connection, candidates: Candidates) -> None:
    """``duplicate``: the same step goes to the same address, or went there within a day.

    What is held is skipped too where another goes; where all of them are held, all wait.
    """
    table = candidates.table
    _skip(connection, candidates, table.c.went == 1)
    order = [case((candidates.open, 0), else_=1), table.c.turn, table.c.delivery]
    first = func.first_value(table.c.state).over(partition_by=_target(table), order_by=order)
    ranked = (
        select(table.c.delivery, _place(table, order), first.label("first"))
        .where(candidates.undecided)
        .subquery("ranked")
    )
    again = select(ranked.c.delivery).where(ranked.c.place > 1, ranked.c.first == "planned")
    _skip(connection, candidates, table.c.delivery.in_(again))


def sharing(candidates: Candidates) -> Select[int]:
    """The open messages that are not the only one to their address."""
    table = candidates.table
    together = func.count().over(partition_by=_target(table)).label("together")
    counted = select(table.c.delivery, together).where(candidates.open).subquery("counted")
    return select(counted.c.delivery).where(counted.c.together > 1)


def repeating(candidates: Candidates, shared: Table) -> Select[int]:
    """Of those in ``shared`` that had their turn, the ones that ``duplicate`` will skip."""
    table = candidates.table
    goes = and_(table.c.held_out == 0, table.c.went.is_(None), table.c.turn.is_not(None))
    ranked = (
        select(table.c.delivery, _place(table, [table.c.turn, table.c.delivery]))
        .join_from(table, shared, shared.c.delivery == table.c.delivery)
        .where(candidates.open, goes)
        .subquery("ranked")
    )
    return select(ranked.c.delivery).where(ranked.c.place > 1)


def _skip(connection: Connection, candidates: Candidates, which: ColumnElement[bool]) -> None:
    values = {"state": "skipped", "reason": "duplicate", "hold_until": None}
    found = update(candidates.table).where(candidates.undecided, which)
    connection.execute(found.values(values))


def _target(table: Table) -> list[ColumnElement[Any]]:
    """What gets a message once: an address, by a step."""
    return [table.c[name] for name in ("journey", "step", "channel", "folded")]


def _place(table: Table, order: list[ColumnElement[Any]]) -> ColumnElement[int]:
    return func.row_number().over(partition_by=_target(table), order_by=order).label("place")


def _columns() -> list[Column[object]]:
    return [
        Column("prefix", Name, primary_key=True),
        Column("step", Name, primary_key=True),
        Column("delivery", BigInteger, primary_key=True, autoincrement=False),
        Column("journey", Name, nullable=False),
        Column("customer", BigInteger, nullable=False),
        Column("folded", Value, nullable=False),
    ]


def _matching(candidates: Candidates, recent: Table) -> Select[int]:
    table = candidates.table
    same = and_(
        recent.c.prefix == func.substr(table.c.folded, 1, _PREFIX),
        recent.c.step == table.c.step,
        recent.c.journey == table.c.journey,
        recent.c.folded == table.c.folded,
        recent.c.customer != table.c.customer,
    )
    return select(table.c.delivery).join_from(table, recent, same).where(candidates.open)
