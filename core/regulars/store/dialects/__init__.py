"""The databases: one small module each for what differs between them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from regulars.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Connection, Engine, Select, Table

    from regulars.errors import RegularsError


class Dialect(Protocol):
    """What a database's module holds."""

    DRIVER: str
    EXTRA: str  # the extra of regulars that installs the driver; "" needs none
    DDL_ROLLS_BACK: bool
    READS: dict[str, Any]  # the execution options of a connection that only reads
    EXPLAIN: str  # what stands before a statement to be told how it would be done
    INDEX_WIDTH: int  # columns that one index may have
    INDEX_TEXT: bool  # whether an index may have columns of any text
    FILTER: bool  # whether an aggregate may have one
    BY_NAME: bool  # whether several passes over events, name by name, take less than one

    def address(self, url: URL, /) -> URL:
        """``url`` with the driver and options that regulars needs."""
        ...

    def options(self) -> dict[str, Any]:
        """What ``create_engine`` is told."""
        ...

    def prepare(self, engine: Engine, /) -> None:
        """Set up every connection of ``engine``."""
        ...

    def excluding(self, connection: Connection, /) -> AbstractContextManager[None]:
        """Let no other process change the schema meanwhile."""
        ...

    def hold(self, engine: Engine, /) -> AbstractContextManager[None]:
        """The run lock of the store behind ``engine``."""
        ...

    def first_load(self, engine: Engine, /) -> AbstractContextManager[None]:
        """Write much into a store that is nearly empty, by one connection after the other."""
        ...

    def empty_journal(self, engine: Engine, /) -> bool:
        """Bring what is in a file beside the store into it; False while somebody reads it."""
        ...

    def explain(self, error: BaseException, place: str, /) -> RegularsError | None:
        """The error for a user, or None when ``error`` is a fault in regulars itself."""
        ...

    def insert_rows(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        skip_existing: bool,
    ) -> int:
        """Load ``rows`` by the driver's own bulk path; returns how many were inserted."""
        ...

    def insert_new(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        select: Select[Any],
        /,
    ) -> int:
        """``INSERT … SELECT`` of what no unique key holds yet; returns how many."""
        ...

    def drop_temporary(self, name: str, /) -> str:
        """The statement that drops a temporary table, if there is one."""
        ...

    def look_at(self, name: str, /) -> str:
        """The statement by which its planner learns what a temporary table holds; "" needs none."""
        ...


_MODULES = {
    "sqlite": "sqlite",
    "postgresql": "postgres",
    "postgres": "postgres",
    "mysql": "mariadb",
    "mariadb": "mariadb",
}


def dialect_of(name: str) -> Dialect:
    """The database that URLs beginning with ``name`` mean.

    Raises:
        StoreError: regulars keeps no store there.
    """
    backend = name.partition("+")[0]
    if backend not in _MODULES:
        raise StoreError(
            f"regulars keeps no store in {backend!r}: "
            "use a sqlite:///, postgresql:// or mariadb:// URL"
        )
    return _loaded(_MODULES[backend])


@cache
def _loaded(module: str) -> Dialect:
    """The module, loaded now: each brings a part of SQLAlchemy along, which takes its time."""
    return cast("Dialect", import_module(f".{module}", __package__))


if TYPE_CHECKING:
    from . import mariadb, postgres, sqlite

    _all: tuple[Dialect, ...] = (sqlite, postgres, mariadb)
