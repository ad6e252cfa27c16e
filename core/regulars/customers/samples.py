"""Samples: each customer's stable share for every draw that a playbook uses, kept in a column.

A share by the customer's id is given once. One by an attribute is given anew when the attribute
changes: beside it stands the value that it was given for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, and_, select

from regulars.store import insert_rows, temporary, update_from
from regulars.store.schema import Draw, new_column
from regulars.stored import sample_column

from .columns import attribute_column
from .shares import bucket, stable_share, threshold

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


def share_of(draw: Draw, unit: Any) -> int | None:
    """The share that ``draw`` gives to a customer's id, or to a value of its unit.

    None where the unit is not known.
    """
    if unit is None or unit == "":
        return None
    hash_ = bucket if draw.hash == "growthbook" else stable_share
    return hash_(draw.seed, _text(unit))


def _text(unit: Any) -> str:
    """A value as a website would write it."""
    if isinstance(unit, float) and unit.is_integer():
        return str(int(unit))
    return str(unit)


def fill_samples(store: Store, plan: TraitPlan) -> int:
    """Give every customer without one their share of each draw; how many were given."""
    by_id = {Draw(seed): "text" for seed in plan.shape.samples}
    draws = sorted({**by_id, **plan.shape.draws}.items())
    with store.transaction() as connection:
        return sum(_fill(connection, store.tables.customers, *draw) for draw in draws)


def fill_units(connection: Connection, customers: Table, plan: TraitPlan, unit: str) -> None:
    """Give those whose attribute ``unit`` has changed the shares of what it is now."""
    for draw, kind in sorted(plan.shape.draws.items()):
        if draw.unit == unit:
            _fill(connection, customers, draw, kind)


def _fill(connection: Connection, customers: Table, draw: Draw, kind: str) -> int:
    """``kind`` is the type of the unit."""
    filled = 0
    last = 0 if draw.unit else _last_given(connection, customers, draw)
    while batch := _without(connection, customers, draw, last):
        rows = [(id_, share_of(draw, unit), unit) for id_, unit in batch]
        _write(connection, customers, draw, kind, rows)
        filled += len(batch)
        last = batch[-1][0]
    return filled


def _last_given(connection: Connection, customers: Table, draw: Draw) -> int:
    """The last customer with a share by their id; those before have theirs: they go in order."""
    given = select(customers.c.id).where(customers.c[draw.column].is_not(None))
    return connection.scalar(given.order_by(customers.c.id.desc()).limit(1)) or 0


def _without(
    connection: Connection, customers: Table, draw: Draw, last: int
) -> list[tuple[int, Any]]:
    """The next customers without a share for what they are now, each with their unit."""
    unit = attribute_column(customers, draw.unit or "id")
    missing: ColumnElement[bool] = customers.c[draw.column].is_(None)
    if draw.unit:
        missing = customers.c[draw.drawn_for].is_distinct_from(unit)
    query = (
        select(customers.c.id, unit.label("unit"))
        .where(missing, customers.c.id > last)
        .order_by(customers.c.id)
        .limit(BATCH)
    )
    return [(row.id, row.unit) for row in connection.execute(query)]


def _write(
    connection: Connection,
    customers: Table,
    draw: Draw,
    kind: str,
    rows: Sequence[tuple[int, int | None, Any]],
) -> None:
    columns = [
        Column("customer", BigInteger, primary_key=True, autoincrement=False),
        Column("share", BigInteger),
    ]
    written = {draw.column: "share"}
    if draw.unit:
        columns.append(new_column("unit", "text" if kind == "point" else kind))
        written[draw.drawn_for] = "unit"
    names = [column.key for column in columns]
    with temporary(connection, "shares", *columns) as shares:
        insert_rows(connection, shares, names, (row[: len(names)] for row in rows))
        values = {column: shares.c[name] for column, name in written.items()}
        update_from(connection, customers.c.id, shares.c.customer, values)
