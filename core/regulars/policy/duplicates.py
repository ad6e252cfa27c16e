"""Duplicates: one address gets a step once, though two customers have it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, and_, func, or_, select

from regulars.customers.suppressions import folded_column
from regulars.instants import micros
from regulars.store import insert_from, tables, temporary
from regulars.store.tables import Name, Value

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select, Table

    from .candidates import Candidates

RECENTLY = timedelta(days=1)
_PREFIX = 190  # characters of an address that an index takes on every database


def duplicate(connection: Connection, candidates: Candidates) -> None:
    """``duplicate``: the same step goes to the same address, or went there within a day.

    Of those in this run the first planned one goes; of earlier ones only another customer's that
    was attempted counts.
    """
    _refuse_second(connection, candidates)
    _refuse_recent(connection, candidates)


def _refuse_second(connection: Connection, candidates: Candidates) -> None:
    table = candidates.table
    place = func.row_number().over(
        partition_by=[table.c.journey, table.c.step, table.c.channel, table.c.folded],
        order_by=table.c.delivery,
    )
    ranked = (
        select(table.c.delivery, place.label("place")).where(candidates.open).subquery("ranked")
    )
    again = select(ranked.c.delivery).where(ranked.c.place > 1)
    candidates.skip(connection, "duplicate", table.c.delivery.in_(again))


def _refuse_recent(connection: Connection, candidates: Candidates) -> None:
    steps = candidates.distinct(connection, "journey", "step", where=candidates.open)
    if not steps:
        return
    deliveries = tables.deliveries
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
            again = _matching(candidates, recent)
            candidates.skip(connection, "duplicate", candidates.table.c.delivery.in_(again))


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
