"""A first load goes straight into the file, and is there whole or not at all."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import pytest
from regulars.errors import TemporaryError
from regulars.store import Store, insert_rows
from regulars.store.dialects import sqlite_file
from regulars.store.tables import customers
from sqlalchemy import func, make_url, select

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOADER = """
import sys
from regulars.store import Store, insert_rows
from regulars.store.tables import (customers)
store = Store.open(sys.argv[1])
with store.first_load(), store.transaction() as connection:
    rows = ((f"k{n}", "x" * 900) for n in range(int(sys.argv[2])))
    insert_rows(connection, customers, ["key", "extra"], rows)
    print("written", flush=True)
    sys.stdin.read()
"""
FEW, MANY = 10, 30_000  # rows that wait in memory, and rows that reach the file before the end


def _load(connection: Connection, count: int = FEW) -> None:
    insert_rows(connection, customers, ["key"], [(f"k{n}",) for n in range(count)])


def _load_and_fail(store: Store) -> None:
    with store.transaction() as connection:
        _load(connection, MANY)
        raise ZeroDivisionError


def _count(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(customers)) or 0


def _journal(store: Store) -> str:
    with store.reading() as connection:
        return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())


def _loader(url: str, count: int) -> subprocess.Popen[str]:
    """Another process, which has loaded but not committed before its input ends."""
    pipe, command = subprocess.PIPE, [sys.executable, "-c", LOADER, url, str(count)]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    return process


def test_what_a_first_load_commits_stays(store: Store, store_url: str) -> None:
    with store.first_load(), store.transaction() as connection:
        _load(connection)
    with closing(Store.open(store_url)) as again:
        assert _count(again) == FEW


def test_a_first_load_in_a_rehearsal_leaves_no_trace(store: Store) -> None:
    with (
        store.rehearsal() as rehearsed,
        rehearsed.first_load(),
        rehearsed.transaction() as connection,
    ):
        _load(connection)
    assert _count(store) == 0


def test_only_a_first_load_goes_without_a_log(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        assert _journal(store) == "wal"
        with store.first_load():
            assert _journal(store) == "delete"
            with store.transaction() as connection:
                synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
                assert synchronous == 3  # EXTRA: a deleted journal stays deleted
        assert _journal(store) == "wal"
        with store.transaction() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_first_load_that_fails_leaves_nothing_but_a_log(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        with pytest.raises(ZeroDivisionError), store.first_load():
            _load_and_fail(store)
        assert (_count(store), _journal(store)) == (0, "wal")


@pytest.mark.parametrize("count", [FEW, MANY])
def test_a_first_load_that_is_killed_is_undone_by_the_next_opening(
    sqlite_url: str, count: int
) -> None:
    with _loader(sqlite_url, count) as loader:
        loader.kill()
    path = Path(make_url(sqlite_url).database or "")
    assert (path.stat().st_size > 10_000_000) == (count == MANY)
    with closing(Store.open(sqlite_url)) as store:
        assert (_count(store), _journal(store)) == (0, "wal")
        with store.first_load(), store.transaction() as connection:
            _load(connection)
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert _count(store) == FEW
    assert list(path.parent.iterdir()) == [path]


def test_who_opens_the_store_meanwhile_sees_it_as_it_was_or_is_told_to_wait(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _loader(sqlite_url, FEW) as loader, closing(Store.open(sqlite_url)) as reader:
        assert _count(reader) == 0
        loader.communicate()
        assert _count(reader) == FEW
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 1)
    Path(make_url(sqlite_url).database or "").unlink()
    with _loader(sqlite_url, MANY) as loader:
        with pytest.raises(TemporaryError, match=r"locked by another process .* run again when"):
            Store.open(sqlite_url)
        loader.communicate()
        assert loader.returncode == 0
    with closing(Store.open(sqlite_url)) as store:
        assert (_count(store), _journal(store)) == (MANY, "wal")


def test_a_store_that_somebody_reads_is_loaded_as_ever(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store, closing(Store.open(sqlite_url)) as other:
        with other.reading() as reader:
            assert not list(reader.scalars(select(customers.c.key)))
            with store.first_load(), store.transaction() as connection:
                _load(connection, MANY)
            assert not list(reader.scalars(select(customers.c.key)))
        assert (_count(other), _journal(other)) == (MANY, "wal")


def test_the_log_comes_back_when_a_stranger_has_read(sqlite_url: str) -> None:
    path = make_url(sqlite_url).database or ""
    with (
        closing(Store.open(sqlite_url)) as store,
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as stranger,
    ):
        with store.first_load():
            with store.transaction() as connection:
                _load(connection)
            stranger.execute("BEGIN")
            assert stranger.execute("SELECT count(*) FROM customers").fetchone() == (FEW,)
            Timer(0.3, stranger.execute, ["COMMIT"]).start()
        assert _journal(store) == "wal"
