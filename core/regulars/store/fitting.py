"""Giving a store the columns that a playbook needs, and filling them from what is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Index,
    MetaData,
    Table,
    inspect,
    select,
)
from sqlalchemy.schema import CreateColumn, CreateTable

from regulars.errors import StoreError
from regulars.store.bulk import insert_rows, temporary, update_from
from regulars.store.facts import rolled_up_until
from regulars.store.schema import Tables, new_column, properties_kept, stored_name
from regulars.store.tables import Id
from regulars.stored import amount_column, amount_of, text_column, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

    from regulars.store.dialects import Dialect
    from regulars.store.schema import Columns, Shape

_BATCH = 20_000
INDEX = "events_by_name"
COMPUTED = ("traits", "scores")  # tables that every run computes anew


def joined(has: Columns, shape: Shape) -> Columns:
    """What the tables have once they fit ``shape``: columns once made stay, computed are exact."""
    wants = shape.columns()
    return {
        "customers": has["customers"] | wants["customers"],
        "events": has["events"] | wants["events"],
        **{name: wants[name] for name in COMPUTED},
    }


def changed(has: Columns, wants: Columns) -> list[str]:
    """The computed tables whose columns are others now."""
    return [name for name in COMPUTED if wants[name] != has[name]]


def add_columns(
    connection: Connection, has: Columns, wants: Columns, *, rehearsed: bool = False
) -> None:
    """Add what is missing; an attribute whose type changed begins empty.

    Raises:
        StoreError: a rehearsal would lose the values of a type that changes.
    """
    for name in ("customers", "events"):
        present = {column["name"] for column in inspect(connection).get_columns(name)}
        for column, kind in wants[name].items():
            retyped = has[name].get(column, kind) != kind
            if retyped and rehearsed:
                raise StoreError(
                    f"{column.partition('_')[2]!r} changes its type from {has[name][column]} to "
                    f"{kind}, which can't be tried out on MariaDB: it takes a run"
                )
            exists = stored_name(column) in present
            if retyped and exists:
                quoted = connection.dialect.identifier_preparer.quote(stored_name(column))
                _alter(connection, name, f"DROP COLUMN {quoted}")
            if retyped or not exists:
                definition = CreateColumn(new_column(column, kind))
                _alter(connection, name, f"ADD COLUMN {_compiled(connection, definition)}")


def _alter(connection: Connection, table: str, change: str) -> None:
    connection.exec_driver_sql(f"ALTER TABLE {table} {change}".replace("%", "%%"))


def _compiled(connection: Connection, definition: CreateColumn) -> str:
    return str(definition.compile(dialect=connection.dialect))


def remake(connection: Connection, table: Table) -> None:
    """A computed table, empty and with the right columns."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}")
    connection.execute(CreateTable(table))


def shadow(connection: Connection, name: str, columns: Mapping[str, str]) -> None:
    """A temporary table in front of the real one, where making a table can't be rolled back."""
    customer: Column[int] = Column("customer", Id, primary_key=True, autoincrement=False)
    own = (new_column(column, kind) for column, kind in columns.items())
    connection.exec_driver_sql(f"DROP TEMPORARY TABLE IF EXISTS {name}")
    shadow = Table(name, MetaData(), customer, *own, prefixes=["TEMPORARY"])
    shadow.create(connection, checkfirst=False)


@dataclass(frozen=True)
class _Fill:
    """A new column of events and how it follows from a property."""

    property: str
    column: str
    kind: str
    convert: Callable[[Any], str | int | None]


def backfill(connection: Connection, has: Columns, shape: Shape) -> None:
    """Fill the event columns that are new from each event's properties."""
    fills = [_Fill(n, text_column(n), "text", text_of) for n in sorted(shape.texts)]
    fills += [_Fill(n, amount_column(n), "amount", amount_of) for n in sorted(shape.amounts)]
    fills = [fill for fill in fills if fill.column not in has["events"]]
    if fills:
        events = Tables.of(joined(has, shape)).events
        for batch in _properties(connection, events):
            _fill(connection, events, fills, batch)


def _properties(connection: Connection, events: Table) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        page = (
            select(events.c.id, events.c.properties)
            .where(events.c.id > last, events.c.properties.is_not(None))
            .order_by(events.c.id)
            .limit(_BATCH)
        )
        batch = [(row.id, row.properties) for row in connection.execute(page)]
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _fill(
    connection: Connection, events: Table, fills: list[_Fill], batch: list[tuple[int, str]]
) -> None:
    key: Column[Any] = Column("event", Id, primary_key=True, autoincrement=False)
    own = [new_column(fill.column, fill.kind) for fill in fills]
    names = [fill.column for fill in fills]
    with temporary(connection, "backfill", key, *own) as filled:
        insert_rows(connection, filled, ["event", *names], (_row(*item, fills) for item in batch))
        values = {name: filled.c[name] for name in names}
        update_from(connection, events.c.id, filled.c.event, values)


def _row(event: int, text: str, fills: list[_Fill]) -> tuple[Any, ...]:
    properties = json.loads(text, parse_float=str)
    return (event, *(fill.convert(properties.get(fill.property)) for fill in fills))


def fits_index(connection: Connection, tables: Tables, dialect: Dialect) -> bool:
    """Whether the covering index is there with every column that it should have."""
    found = {
        index["name"]: index["column_names"] for index in inspect(connection).get_indexes("events")
    }
    columns = _index_columns(connection, tables, dialect)
    return found.get(INDEX) == [stored_name(name) for name in columns]


def make_index(connection: Connection, tables: Tables, dialect: Dialect) -> None:
    """Make the covering index: aggregates over a customer's events of a name read nothing else."""
    names = {index["name"] for index in inspect(connection).get_indexes("events")}
    events = tables.events.to_metadata(MetaData())
    columns = _index_columns(connection, tables, dialect)
    index = Index(INDEX, *(events.c[name] for name in columns))
    if INDEX in names:
        index.drop(connection)
    index.create(connection)


def _index_columns(connection: Connection, tables: Tables, dialect: Dialect) -> list[str]:
    texts, amounts = properties_kept(tables.events)
    columns = [*map(amount_column, amounts), *map(text_column, texts if dialect.INDEX_TEXT else ())]
    times = [] if rolled_up_until(connection) is None else ["times"]  # else each is one event
    return ["name", "customer", "time", *times, *columns][: dialect.INDEX_WIDTH]
