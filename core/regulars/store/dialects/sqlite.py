"""SQLite: one file, WAL, one writer at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, literal_column
from sqlalchemy import select as select_
from sqlalchemy.dialects.sqlite import insert

from regulars.batches import batches
from regulars.errors import BusyError, StoreError, TemporaryError
from regulars.store.dialects import sqlite_file
from regulars.store.folding import fold_text
from regulars.store.holder import describe_me

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Connection, Engine, Select, Table

    from regulars.errors import RegularsError

DRIVER = "sqlite3"
EXTRA = ""
DDL_ROLLS_BACK = True
EXPLAIN = "EXPLAIN QUERY PLAN"
READS = {"regulars_reads": True}  # how a connection that only reads begins
INDEX_WIDTH = 1000
INDEX_TEXT = True
FILTER = True
BY_NAME = True
first_load, empty_journal = sqlite_file.first_load, sqlite_file.empty_journal
_ROWS_AT_ONCE = 100  # SQLite takes 32,766 values a statement
_COUNTED = {"preserve_rowcount": True}  # else the count of an INSERT is lost


def address(url: URL) -> URL:
    """``url`` with the driver; a store has to have a file."""
    if not url.database or url.database == ":memory:" or url.query.get("mode") == "memory":
        raise StoreError("a store in memory is gone after the run: name a file, sqlite:///shop.db")
    return url.set(drivername="sqlite+pysqlite")


def options() -> dict[str, Any]:
    """The driver leaves transactions alone: BEGIN is ours."""
    return {"connect_args": {"isolation_level": None, "timeout": sqlite_file.BUSY_SECONDS}}


def prepare(engine: Engine) -> None:
    """Set the pragmas, register the functions and begin transactions explicitly."""
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    sqlite_file.set_up(connection)
    connection.create_function("regulars_fold", 1, _fold, deterministic=True)


def _fold(value: str | float | bytes | None) -> str | float | bytes | None:
    return fold_text(value) if isinstance(value, str) else value


def _begin(connection: Connection) -> None:
    # A writer that begins as a reader can lose its turn half-way; IMMEDIATE waits at the start.
    reads = connection.get_execution_options().get("regulars_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def excluding(_connection: Connection) -> AbstractContextManager[None]:
    """BEGIN IMMEDIATE keeps others out already."""
    return nullcontext()


@contextmanager
def hold(engine: Engine) -> Iterator[None]:
    """Keep a write transaction open on ``<file>.lock``: the system frees it with the process.

    The holder's row is committed first; readers may read it while the lock is held.
    """
    path = f"{engine.url.database}.lock"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as lock:
        try:
            lock.execute("BEGIN IMMEDIATE")
            lock.execute("CREATE TABLE IF NOT EXISTS holder (who TEXT)")
            lock.execute("DELETE FROM holder")
            lock.execute("INSERT INTO holder VALUES (?)", (describe_me(),))
            lock.execute("PRAGMA busy_timeout = 5000")  # somebody may be reading the row
            lock.execute("COMMIT")
            lock.execute("PRAGMA busy_timeout = 0")
            lock.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise BusyError(_busy(lock, path)) from None
        yield


def _busy(lock: sqlite3.Connection, path: str) -> str:
    try:
        row = lock.execute("SELECT who FROM holder").fetchone()
    except sqlite3.OperationalError:
        row = None
    who = f" ({row[0]})" if row else ""
    store = Path(path).with_suffix("").name
    return f"another run holds {store}{who}: wait until it has finished, then try again"


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_existing: bool,
) -> int:
    """Statements of a hundred rows on the driver's own cursor: a quarter faster than of one."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.c[name].name) for name in columns)
    begin = f"INSERT INTO {quote(table.name)} ({names}) VALUES "  # noqa: S608 (quoted)
    marks = f"({', '.join('?' * len(columns))})"
    end = " ON CONFLICT DO NOTHING" if skip_existing else ""  # unlike OR IGNORE: other errors stay
    count = 0
    with closing(connection.connection.cursor()) as cursor:
        for batch in batches(rows, _ROWS_AT_ONCE):
            values = list(chain.from_iterable(batch))
            if set(map(len, batch)) != {len(columns)}:
                raise ValueError(f"every row of {table.name} must have {len(columns)} values")
            cursor.execute(begin + ", ".join([marks] * len(batch)) + end, values)
            count += max(cursor.rowcount, 0)
    return count


def insert_new(
    connection: Connection, table: Table, columns: Sequence[str], select: Select[Any]
) -> int:
    """``INSERT … SELECT … ON CONFLICT DO NOTHING``."""
    fresh = select.subquery("fresh")
    # Without a WHERE, SQLite takes ON CONFLICT for a join's ON.
    rows = select_(fresh).where(literal_column("1") == literal_column("1"))
    statement = insert(table).from_select(list(columns), rows).on_conflict_do_nothing()
    return connection.execute(statement, execution_options=_COUNTED).rowcount


def drop_temporary(name: str) -> str:
    """The statement that drops a temporary table, if there is one."""
    return f'DROP TABLE IF EXISTS temp."{name}"'


def look_at(_name: str) -> str:
    """None: it finds out by itself, or reads as it is told."""
    return ""


def explain(error: BaseException, place: str) -> RegularsError | None:
    """What a user should know and do about ``error``."""
    if not isinstance(error, sqlite3.Error):
        return None
    return _explain_code(getattr(error, "sqlite_errorcode", 0) & 0xFF, place)


def _explain_code(code: int, place: str) -> RegularsError | None:
    match code:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return TemporaryError(
                f"the disk of {place} is full or failing, so nothing of this step was kept: "
                "make room, then run again"
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return TemporaryError(
                f"{place} has been locked by another process for {sqlite_file.BUSY_SECONDS} s: "
                "run again when it has finished"
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return StoreError(f"{place} is read-only: make the file and its folder writable")
        case sqlite3.SQLITE_CANTOPEN:
            return StoreError(f"{place} can't be opened: see that its folder exists and is yours")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return StoreError(
                f"{place} is damaged or no SQLite file: restore a copy, or name another file"
            )
    return None
