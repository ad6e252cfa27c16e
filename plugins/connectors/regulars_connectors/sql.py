"""A table or a query of a database that SQLAlchemy knows; only ever read.

With ``cursor: column`` a later load asks for rows from the last loaded value on. Rows are
counted from 1 in the order of the cursor.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, SecretStr, model_validator
from regulars.hooks import Batch, ConnectorKind, Settings, SourcePart, hookimpl
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Select,
    column,
    literal_column,
    select,
    table,
    text,
)

from .readonly import engine_for, read_only, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

BATCH = 10_000  # rows


class SqlSettings(Settings):
    """Which database, and what of it."""

    url: Annotated[SecretStr, Field(description="an SQLAlchemy URL; it may be {env: NAME}")]
    query: Annotated[str, Field(min_length=1)] | None = None
    table: Annotated[str, Field(min_length=1, description="a table, or schema.table")] | None = None
    cursor: Annotated[str, Field(min_length=1)] | None = Field(
        None, description="a column that only grows; later loads start at its last value"
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.query is None) == (self.table is None):
            raise ValueError("give either query or table")
        return self


def statement(config: SqlSettings, cursor: Any) -> Executable:
    """What is asked: the whole, or what is at or after ``cursor``, in its order."""
    if config.cursor is None and config.query is not None:
        return text(_verbatim(config.query))
    rows = (
        text(f"({_verbatim(config.query)}) AS origin")
        if config.query
        else _table(config.table or "")
    )
    asked: Select[Any] = select(literal_column("*")).select_from(rows)
    if config.cursor is None:
        return asked
    place: ColumnElement[Any] = column(config.cursor)
    return (asked if cursor is None else asked.where(place >= cursor)).order_by(place)


def _verbatim(query: str) -> str:
    """The query with every colon as it is, for it has no parameters."""
    return query.strip().rstrip(";").replace(":", r"\:")


def _table(name: str) -> Any:
    schema, _dot, plain = name.rpartition(".")
    return table(plain, schema=schema or None)


def _batches(config: SqlSettings, engine: Engine, cursor: Any) -> Iterator[Batch]:
    with readable(config.url.get_secret_value()), engine.connect() as connection:
        read_only(connection)
        yield from _rows(connection, statement(config, cursor))


def _rows(connection: Connection, asked: Executable) -> Iterator[Batch]:
    streaming = connection.execution_options(stream_results=True, yield_per=BATCH)
    row = 1
    with streaming.execute(asked) as result:
        columns = tuple(result.keys())
        for rows in result.partitions(BATCH):
            yield Batch(columns, rows, range(row, row + len(rows)))
            row += len(rows)


@contextmanager
def open_sql(config: SqlSettings, folder: Path) -> Iterator[Iterable[SourcePart]]:
    """One part: the table or the query.

    Raises:
        SourceError: the database can't be reached, or refuses the query.
    """
    with readable(config.url.get_secret_value()):
        engine = engine_for(config.url.get_secret_value(), folder)
    try:
        yield [
            SourcePart(
                config.table or "query",
                partial(_batches, config, engine),
                cursor_column=config.cursor,
            )
        ]
    finally:
        engine.dispose()


@hookimpl
def regulars_connectors() -> Iterable[ConnectorKind]:
    """Offer ``use: sql``."""
    yield ConnectorKind("sql", "A table or a query of a database", SqlSettings, open_sql)
