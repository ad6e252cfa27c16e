"""PostgreSQL 16 and later, by psycopg 3."""

from __future__ import annotations

import os
import socket
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert

from regulars.errors import BusyError, StoreError, TemporaryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Connection, Engine, Select, Table

    from regulars.errors import RegularsError

DRIVER = "psycopg"
EXTRA = "postgres"
DDL_ROLLS_BACK = True
EXPLAIN = "EXPLAIN"
READS = {"isolation_level": "REPEATABLE READ"}  # how a connection that only reads begins
INDEX_WIDTH = 32
INDEX_TEXT = False  # an entry ends at 2,700 bytes
FILTER = True
BY_NAME = False  # without statistics it takes the passes for small and joins them by loops
_SESSION = "SET timezone = 'UTC'; SET lock_timeout = '30s'; SET jit = off"
_RUN, _SCHEMA = 0x7265_6775, 0x6C61_7273  # the two advisory locks, with the schema's own number
_COUNTED = {"preserve_rowcount": True}  # else the count of an INSERT is lost


def address(url: URL) -> URL:
    """``url`` with psycopg 3 as its driver."""
    return url.set(drivername="postgresql+psycopg")


def options() -> dict[str, Any]:
    """The session names its process, so that others can see who holds the lock."""
    name = f"regulars {os.getpid()}@{socket.gethostname()}"[:63]
    return {"connect_args": {"application_name": name}, "pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Set up each session."""
    event.listen(engine, "connect", _set_up)


def _set_up(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SESSION)
    connection.commit()


@contextmanager
def excluding(connection: Connection) -> Iterator[None]:
    """Take the schema lock until the transaction ends."""
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (_SCHEMA,)
    )
    yield


@contextmanager
def hold(engine: Engine) -> Iterator[None]:
    """Keep a session's advisory lock: the server frees it with the connection."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = "pg_try_advisory_lock(%s, hashtext(current_schema()))"
        if not connection.exec_driver_sql(f"SELECT {lock}", (_RUN,)).scalar():
            raise BusyError(_busy(connection))
        try:
            yield
        finally:
            connection.invalidate()  # ends the session and so the lock, whatever state it is in


def _busy(connection: Connection) -> str:
    row = connection.exec_driver_sql(
        "SELECT application_name, backend_start FROM pg_stat_activity JOIN pg_locks USING (pid)"
        " WHERE locktype = 'advisory' AND granted AND classid = %s"
        " AND objid::int8 = hashtext(current_schema())::int8 & 4294967295",
        (_RUN,),
    ).first()
    who = f" ({row[0]}, since {row[1]:%Y-%m-%d %H:%M:%S} UTC)" if row else ""
    return f"another run holds this store{who}: wait until it has finished, then try again"


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_existing: bool,
) -> int:
    """COPY; by way of a temporary table when what exists is to be skipped."""
    quote = connection.dialect.identifier_preparer.quote
    target, names = quote(table.name), ", ".join(quote(table.c[name].name) for name in columns)
    with closing(connection.connection.cursor()) as cursor:
        if skip_existing:
            return _copy_new(cursor, target, names, rows)
        _copy(cursor, target, names, rows)
        return cursor.rowcount


def _copy_new(cursor: Any, target: str, names: str, rows: Iterable[Sequence[Any]]) -> int:
    like = f"SELECT {names} FROM {target} WITH NO DATA"  # noqa: S608 (quoted)
    cursor.execute(f"CREATE TEMP TABLE regulars_stage ON COMMIT DROP AS {like}")
    _copy(cursor, "regulars_stage", names, rows)
    fresh = f"SELECT {names} FROM regulars_stage ON CONFLICT DO NOTHING"  # noqa: S608 (quoted)
    cursor.execute(f"INSERT INTO {target} ({names}) {fresh}")
    count: int = cursor.rowcount
    cursor.execute("DROP TABLE regulars_stage")
    return count


def _copy(cursor: Any, target: str, names: str, rows: Iterable[Sequence[Any]]) -> None:
    with cursor.copy(f"COPY {target} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def insert_new(
    connection: Connection, table: Table, columns: Sequence[str], select: Select[Any]
) -> int:
    """``INSERT … SELECT … ON CONFLICT DO NOTHING``."""
    statement = insert(table).from_select(list(columns), select).on_conflict_do_nothing()
    return connection.execute(statement, execution_options=_COUNTED).rowcount


def drop_temporary(name: str) -> str:
    """The statement that drops a temporary table, if there is one."""
    return f'DROP TABLE IF EXISTS pg_temp."{name}"'


def look_at(name: str) -> str:
    """It has no statistics until somebody asks for them, and guesses badly."""
    return f'ANALYZE pg_temp."{name}"'


def first_load(_engine: Engine) -> AbstractContextManager[None]:
    """As any other load."""
    return nullcontext()


def empty_journal(_engine: Engine) -> bool:
    """The server's files are the server's."""
    return True


def explain(error: BaseException, place: str) -> RegularsError | None:
    """What a user should know and do about ``error``."""
    import psycopg  # noqa: PLC0415 (an extra)

    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ""
    if not state and isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return _explain_connection(error, place)
    return _explain_state(state, place)


def _explain_connection(error: Exception, place: str) -> RegularsError:
    text = str(error)
    if "does not exist" in text or "authentication failed" in text or "no pg_hba" in text:
        return StoreError(
            f"{place} refuses the connection: see that database, user and password are right"
        )
    return TemporaryError(f"{place} can't be reached or went away: run again when it is back")


_LATER = {
    "08": "went away: run again when it is back",
    "57": "went away: run again when it is back",
    "58": "went away: run again when it is back",
    "53": "is out of disk, memory or connections: make room, then run again",
    "40": "was changed by another process meanwhile: run again",
    "55P03": "has been locked by another process for 30 s: run again when it has finished",
}
_NEVER = {
    "28": "refuses the connection: see that database, user and password are right",
    "3D": "refuses the connection: see that database, user and password are right",
    "25006": "is read-only: name the primary server",
    "42501": "may not be written by this user: grant it the rights",
}


def _explain_state(state: str, place: str) -> RegularsError | None:
    for key in (state, state[:2]):
        if key in _LATER:
            return TemporaryError(f"{place} {_LATER[key]}")
        if key in _NEVER:
            return StoreError(f"{place} {_NEVER[key]}")
    return None
