"""SQLite's file: how it is written so that a crash undoes whole transactions.

Write-ahead logging lets readers by while somebody writes, but what is written is written twice.
Only a first load, which nobody reads beside, goes without.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Engine

BUSY_SECONDS = 30
_AHEAD = "journal_mode = WAL"
_PRAGMAS = (
    "page_size = 8192",  # of a new file, an old one keeps its own; a fifth less work in a load
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -32000",
    "threads = 2",  # that sort beside ours, while an index is made for instance
    "secure_delete = ON",  # what is deleted or moved leaves no bytes in the file
)
# A journal that is deleted last of all is as durable as a write-ahead log. With a small cache, what
# an index sorts is cut in pieces that the threads can share.
_AT_ONCE = ("journal_mode = DELETE", "synchronous = EXTRA", "cache_size = -8000")


def set_up(connection: sqlite3.Connection) -> None:
    """Set the pragmas of a connection; the file is written by write-ahead logging."""
    _set(connection, _PRAGMAS)
    _set_if_free(connection, [_AHEAD])  # else it is so already, but for a first load


def _set(connection: sqlite3.Connection, pragmas: Iterable[str]) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").close()


def _set_if_free(connection: sqlite3.Connection, pragmas: Iterable[str]) -> bool:
    """Set ``pragmas`` without waiting; False where somebody is in the way."""
    _set(connection, ["busy_timeout = 0"])
    try:
        _set(connection, pragmas)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        _set(connection, [f"busy_timeout = {BUSY_SECONDS * 1000}"])
    return True


@contextmanager
def first_load(engine: Engine) -> Iterator[None]:
    """Leave write-ahead logging meanwhile, which writes everything twice.

    New pages then go into the file at once; whoever opens it after a crash cuts off those that
    were not committed. Others wait meanwhile. Where somebody has the file open, all is as ever.
    """
    engine.dispose()  # our own idle connections have it open too
    with _borrowed(engine) as connection:
        alone = _set_if_free(connection, _AT_ONCE)
    try:
        yield
    finally:
        if alone:
            _log_ahead(engine)


def _log_ahead(engine: Engine) -> None:
    """Go back to write-ahead logging as soon as nobody is in the way."""
    with _borrowed(engine) as connection:
        connection.execute("BEGIN EXCLUSIVE").close()  # waits, which the pragma doesn't always
        connection.execute("COMMIT").close()
        _set(connection, [_AHEAD, *_PRAGMAS])


@contextmanager
def _borrowed(engine: Engine) -> Iterator[sqlite3.Connection]:
    with closing(engine.raw_connection()) as connection:
        yield cast("sqlite3.Connection", connection.driver_connection)


def empty_journal(engine: Engine) -> bool:
    """Checkpoint the write-ahead log and cut it off: it has old pages with what was deleted."""
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        (busy, *_pages) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
