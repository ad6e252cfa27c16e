"""Many rows at once, by each driver's fastest path. For use inside ``Store.transaction()``."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, Table, insert, select, update
from sqlalchemy.exc import DBAPIError

from regulars.store.dialects import dialect_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Dialect, Select, Update


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_existing: bool = False,
) -> int:
    """Insert ``rows``: values of ``columns`` in order, as the store keeps them.

    With ``skip_existing`` a row whose unique key is taken is left out; any other fault is still
    an error. Rows are consumed as they come, never held all at once.

    Returns:
        The number of rows really inserted.
    """
    dialect = dialect_of(connection.dialect.name)
    return dialect.insert_rows(connection, table, columns, rows, skip_existing=skip_existing)


def insert_from(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    select: Select[Any],
    *,
    skip_existing: bool = False,
) -> int:
    """``INSERT … SELECT``: the select's columns in the order of ``columns``.

    Returns:
        The number of rows really inserted.
    """
    if skip_existing:
        return dialect_of(connection.dialect.name).insert_new(connection, table, columns, select)
    statement = insert(table).from_select(list(columns), select)
    # Without the option SQLAlchemy forgets the count of an INSERT.
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def update_rows(
    connection: Connection, statement: Update, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Run ``statement`` with the parameters of each of ``rows``, by the driver alone.

    Values go to the driver as they are: numbers, text, None.

    Returns:
        The number of rows really changed.
    """
    compiled = _compiled(statement, connection.dialect)
    fixed, names = compiled.params, compiled.positiontup
    filled: list[Any] = [{**fixed, **row} for row in rows]
    if names is not None:
        filled = [tuple([row[name] for name in names]) for row in filled]
    return connection.exec_driver_sql(str(compiled), filled).rowcount


def know_size(connection: Connection, table: Table) -> None:
    """Let the database see how much is in a temporary table, where it would guess otherwise."""
    look = dialect_of(connection.dialect.name).look_at(table.name)
    if look:
        connection.exec_driver_sql(look)


def update_from(
    connection: Connection,
    key: Column[Any],
    few: Column[Any],
    values: Mapping[str, Any],
    *where: ColumnElement[bool],
) -> None:
    """Give the rows of a large table, by their ``key``, ``values`` of the ``few`` that have it.

    ``few`` is a column of a small table, often a temporary one; ``values`` may name others of it.
    """
    # Without the second condition SQLite looks through all of the large table.
    these = key == few, key.in_(select(few)), *where
    connection.execute(update(key.table).where(*these).values(dict(values)))


@lru_cache(maxsize=64)
def _compiled(statement: Update, dialect: Dialect) -> Any:
    return statement.compile(dialect=dialect)


_TABLES: dict[tuple[object, ...], Table] = {}


def _table(name: str, columns: Sequence[Column[Any]]) -> Table:
    """The same table for the same columns, so that SQLAlchemy compiles a statement over it once."""
    like = (name, *((c.name, repr(c.type), c.primary_key, c.nullable) for c in columns))
    known = _TABLES.get(like)
    if known is None:
        known = _TABLES[like] = Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])
    return known


@contextmanager
def temporary(connection: Connection, name: str, *columns: Column[Any]) -> Iterator[Table]:
    """An empty table that this connection alone sees; it is gone afterwards.

    Text columns take the types of ``tables.py`` (Name, Value), so that they compare with others.
    The primary key is its only index: MariaDB would commit before making another.
    """
    drop = dialect_of(connection.dialect.name).drop_temporary(name)
    connection.exec_driver_sql(drop)  # left over from a transaction that was rolled back
    table = _table(name, columns)
    table.create(connection, checkfirst=False)
    try:
        yield table
    except BaseException:
        with suppress(DBAPIError):  # the transaction may be broken; the error matters more
            connection.exec_driver_sql(drop)
        raise
    connection.exec_driver_sql(drop)
