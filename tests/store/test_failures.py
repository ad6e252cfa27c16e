"""What goes wrong with a database or disk is said in one line: what it is, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from regulars.errors import RegularsError, StoreError, TemporaryError
from regulars.store import Store, hold, insert_rows, rehearse
from regulars.store.tables import customers
from sqlalchemy import event, func, make_url, select

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

IMPATIENT = {
    "sqlite": "PRAGMA busy_timeout = 50",
    "postgresql": "SET lock_timeout = '50ms'",
    "mariadb": "SET SESSION innodb_lock_wait_timeout = 1",
}
END_SESSION = {
    "postgresql": "SELECT pg_terminate_backend({})",
    "mariadb": "KILL CONNECTION {}",
}
SESSION = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT CONNECTION_ID()"}


def with_setting(url: str, statement: str) -> Store:
    """The store at ``url``, each of whose connections begins with ``statement``."""
    store = Store.open(url)
    store.engine.dispose()

    def say(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    event.listen(store.engine, "connect", say)
    return store


def people(store: Store) -> int | None:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(customers))


def test_a_full_disk_is_temporary_and_keeps_what_was_there(sqlite_url: str) -> None:
    store = with_setting(sqlite_url, "PRAGMA max_page_count = 200")
    rows = [(f"k{i}", "x" * 500) for i in range(5000)]
    with store.transaction() as connection:
        insert_rows(connection, customers, ["key", "email"], rows[:10])
    for skip in (False, True):
        with (
            pytest.raises(TemporaryError, match=r"full or failing.*make room") as caught,
            store.transaction() as connection,
        ):
            insert_rows(connection, customers, ["key", "email"], rows[10:], skip_existing=skip)
        assert "\n" not in str(caught.value)
    assert people(store) == 10
    with store.transaction() as connection:
        insert_rows(connection, customers, ["key"], [("one more",)])
    assert people(store) == 11
    store.close()


def test_a_full_disk_while_writing_by_sqlalchemy_is_temporary_too(sqlite_url: str) -> None:
    store = with_setting(sqlite_url, "PRAGMA max_page_count = 200")
    rows = [{"key": f"k{i}", "email": "x" * 500} for i in range(3000)]
    with pytest.raises(TemporaryError, match="make room"), store.transaction() as connection:
        connection.execute(customers.insert(), rows)
    assert people(store) == 0
    store.close()


def test_a_read_only_store_says_so(sqlite_url: str) -> None:
    store = with_setting(sqlite_url, "PRAGMA query_only = 1")
    with (
        pytest.raises(StoreError, match="is read-only: make the file and its folder writable"),
        store.transaction() as connection,
    ):
        insert_rows(connection, customers, ["key"], [("k",)])
    store.close()


def test_a_store_locked_for_too_long_is_temporary(store_url: str) -> None:
    writer = Store.open(store_url)
    with writer.transaction() as connection:
        insert_rows(connection, customers, ["key"], [("k",)])
    name = writer.engine.dialect.name
    waiter = with_setting(store_url, IMPATIENT[name])
    with writer.transaction() as busy:
        busy.execute(customers.update().values(email="a"))
        with (
            pytest.raises(TemporaryError, match=r"locked by another process.*run again"),
            waiter.transaction() as connection,
        ):
            connection.execute(customers.update().values(email="b"))
    waiter.close()
    writer.close()


def _lose_server(connection: Connection, other: Store) -> None:
    name = connection.dialect.name
    session = connection.exec_driver_sql(SESSION[name]).scalar()
    insert_rows(connection, customers, ["key"], [("k",)])
    with other.transaction() as killer:
        killer.exec_driver_sql(END_SESSION[name].format(session))
    connection.execute(select(customers.c.id)).all()


def test_a_server_that_goes_away_is_temporary_and_the_next_try_works(server_url: str) -> None:
    store, other = Store.open(server_url), Store.open(server_url)
    with (
        pytest.raises(TemporaryError, match="went away: run again"),
        store.transaction() as connection,
    ):
        _lose_server(connection, other)
    assert people(store) == 0
    store.close()
    other.close()


UNREACHABLE = [
    "postgresql://user:se-cret@127.0.0.1:1/shop?connect_timeout=2&password=se-cret",
    "mariadb://user:se-cret@127.0.0.1:1/shop",
]


@pytest.mark.parametrize("url", UNREACHABLE)
def test_a_server_that_is_away_is_temporary_and_the_password_stays_secret(url: str) -> None:
    for use in (Store.open, lambda u: hold(u).__enter__(), lambda u: rehearse(u).__enter__()):
        with pytest.raises(
            TemporaryError, match=r"user@127\.0\.0\.1:1/shop can't be reached"
        ) as caught:
            use(url)
        assert "se-cret" not in str(caught.value)


def test_a_database_that_does_not_exist_is_a_setting_to_mend(server_url: str) -> None:
    url = make_url(server_url).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="nowhere refuses the connection: see that database"):
        Store.open(url)


def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 100)
    with pytest.raises(StoreError, match="damaged or no SQLite file: restore a copy"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text() == "dear diary, " * 100


def test_a_folder_in_the_place_of_the_file_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be opened: see that its folder exists"):
        Store.open(f"sqlite:///{tmp_path}")


def test_a_file_in_the_place_of_a_folder_is_a_setting_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"can't be made.*choose a folder"):
        Store.open(f"sqlite:///{tmp_path}/file/store.db")


def test_faults_of_our_own_are_not_dressed_up(store: Store) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, store.transaction() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")
    assert not isinstance(caught.value, RegularsError)
