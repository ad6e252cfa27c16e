"""Samples: each customer's stable share for every seed that a playbook uses, kept in a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, and_, select, update

from regulars.store import insert_rows, temporary
from regulars.store.schema import sample_column

from .shares import stable_share, threshold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from regulars.store import Store

    from .traits import TraitPlan

BATCH = 50_000  # customers in memory at a time


def sampled(customers: Table, seed: str, share: float) -> ColumnElement[bool]:
    """Whether a customer is in the ``share`` (0 to 1) that ``seed`` takes; never NULL."""
    column = customers.c[sample_column(seed)]
    return and_(column.is_not(None), column < threshold(share))


def fill_samples(store: Store, plan: TraitPlan) -> int:
    """Give every customer without one their share for each seed; how many were given."""
    customers, seeds = store.tables.customers, sorted(plan.shape.samples)
    with store.transaction() as connection:
        return sum(_fill(connection, customers, seed) for seed in seeds)


def _fill(connection: Connection, customers: Table, seed: str) -> int:
    column = customers.c[sample_column(seed)]
    filled = last = 0
    while batch := _without(connection, customers, column, last):
        _write(
            connection, customers, column, [(id_, stable_share(seed, key)) for id_, key in batch]
        )
        filled += len(batch)
        last = batch[-1][0]
    return filled


def _without(
    connection: Connection, customers: Table, column: Column[int], last: int
) -> list[tuple[int, str]]:
    query = (
        select(customers.c.id, customers.c.key)
        .where(column.is_(None), customers.c.id > last)
        .order_by(customers.c.id)
        .limit(BATCH)
    )
    return [(row.id, row.key) for row in connection.execute(query)]


def _write(
    connection: Connection,
    customers: Table,
    column: Column[int],
    rows: Sequence[tuple[int, int]],
) -> None:
    columns = (
        Column("customer", BigInteger, primary_key=True, autoincrement=False),
        Column("share", BigInteger, nullable=False),
    )
    with temporary(connection, "shares", *columns) as shares:
        insert_rows(connection, shares, ["customer", "share"], rows)
        share = select(shares.c.share).where(shares.c.customer == customers.c.id)
        connection.execute(
            update(customers)
            .where(customers.c.id.in_(select(shares.c.customer)))
            .values({column: share.scalar_subquery()})
        )
