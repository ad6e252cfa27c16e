"""A store keeps what is committed, forgets what is rehearsed, and explains what goes wrong."""

from __future__ import annotations

import importlib.util
import multiprocessing
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from regulars.errors import StoreError
from regulars.store import (
    Shape,
    Store,
    event_code,
    get_fact,
    insert_rows,
    rehearse,
    set_fact,
)
from regulars.store.tables import customers, facts
from sqlalchemy import func, make_url, select, update

from tests.store.dumping import dump

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHAPE = Shape(
    attributes={"city": "text", "home": "point"},
    texts=frozenset({"item"}),
    amounts=frozenset({"total"}),
    traits={"t_spend": "amount"},
)
OTHER = Shape(
    attributes={"city": "text", "age": "integer"},
    texts=frozenset({"item", "shop"}),
    amounts=frozenset({"total", "tip"}),
    traits={"t_visits": "integer", "t_usual": "text"},
)


def fill(store: Store, count: int, first: int = 0) -> None:
    people = [(f"k{i}", f"{i}@example.com") for i in range(first, first + count)]
    buys = [(i, i, 1, 1, i.to_bytes(16), '{"item":"tea","shop":"x","tip":"1.5"}')
            for i in range(first, first + count)]  # fmt: skip
    with store.transaction() as connection:
        insert_rows(connection, store.tables.customers, ["key", "email"], people)
        columns = ["customer", "time", "name", "source", "key", "properties"]
        insert_rows(connection, store.tables.events, columns, buys, skip_existing=True)


def test_what_is_committed_stays(store: Store, store_url: str) -> None:
    fill(store, 3)
    again = Store.open(store_url)
    assert dump(again) == dump(store)
    again.close()


def _write_and_fail(connection: Connection) -> None:
    insert_rows(connection, customers, ["key"], [("undone",)])
    event_code(connection, "order")
    raise ZeroDivisionError


def test_an_error_undoes_the_whole_transaction(store: Store) -> None:
    before = dump(store)
    with pytest.raises(ZeroDivisionError), store.transaction() as connection:
        _write_and_fail(connection)
    assert dump(store) == before


def test_no_update_is_lost_among_concurrent_writers(store: Store) -> None:
    with store.transaction() as connection:
        set_fact(connection, "count", "0")
    mine = facts.c.name == "count"

    def add_one(_: int) -> None:
        with store.transaction() as connection:
            value = connection.scalar(select(facts.c.value).where(mine).with_for_update())
            connection.execute(update(facts).where(mine).values(value=str(int(value or 0) + 1)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(80)))
    with store.reading() as connection:
        assert get_fact(connection, "count") == "80"


def test_a_reader_waits_for_no_writer_and_sees_one_moment(store: Store) -> None:
    fill(store, 1)
    with store.reading() as reader, store.transaction() as writer:
        count = select(func.count()).select_from(customers)
        assert reader.scalar(count) == 1
        insert_rows(writer, customers, ["key"], [("late",)])
        assert reader.scalar(count) == 1


def test_facts_are_replaced_and_events_are_numbered_once(store: Store) -> None:
    with store.transaction() as connection:
        set_fact(connection, "playbook", "a")
        set_fact(connection, "playbook", "b")
        assert get_fact(connection, "playbook") == "b"
        assert get_fact(connection, "nothing") is None
        first, second = event_code(connection, "order"), event_code(connection, "Order")
        assert first != second
        assert event_code(connection, "order") == first


def test_a_rehearsal_sees_what_it_does_and_leaves_no_trace(store: Store) -> None:
    store.fit(SHAPE)
    fill(store, 5)
    store.index_events()
    before = dump(store)
    with store.rehearsal() as rehearsed:
        rehearsed.fit(OTHER if _undoes_ddl(store) else SHAPE)
        fill(rehearsed, 5, first=5)
        rehearsed.index_events()
        with pytest.raises(ZeroDivisionError), rehearsed.transaction() as connection:
            _write_and_fail(connection)
        with rehearsed.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(customers)) == 10
    assert dump(store) == before


def test_a_rehearsal_with_another_shape_leaves_at_most_empty_columns(store: Store) -> None:
    store.fit(SHAPE)
    fill(store, 5)
    with store.transaction() as connection:
        connection.execute(store.tables.traits.insert(), [{"customer": 1, "t_spend": 7}])
    before = {name: rows for name, (_, rows) in dump(store).items() if name not in _FITTED}
    with store.rehearsal() as rehearsed:
        rehearsed.fit(OTHER)
        events, traits = rehearsed.tables.events, rehearsed.tables.traits
        with rehearsed.transaction() as connection:
            assert set(connection.scalars(select(events.c.n_tip))) == {1_500_000}
            connection.execute(traits.insert(), [{"customer": 1, "t_visits": 2}])
            twice = traits.alias()
            both = select(twice.c.t_visits).join(traits, traits.c.customer == twice.c.customer)
            assert list(connection.scalars(both)) == [2]
    after = dump(store)
    assert {name: rows for name, (_, rows) in after.items() if name not in _FITTED} == before
    with store.reading() as connection:
        assert connection.scalar(select(store.tables.traits.c.t_spend)) == 7
    store.fit(OTHER)
    with store.reading() as connection:
        assert set(connection.scalars(select(store.tables.events.c.n_tip))) == {1_500_000}


_FITTED = {"customers", "events", "traits", "scores"}


def _undoes_ddl(store: Store) -> bool:
    return store.engine.dialect.name != "mariadb"


def test_a_rehearsal_without_a_store_makes_none(store_url: str) -> None:
    with rehearse(store_url) as store:
        store.fit(SHAPE)
        fill(store, 3)
        with store.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(customers)) == 3
    if store_url.startswith("sqlite"):
        path = Path(make_url(store_url).database or "")
        assert not list(path.parent.iterdir())
    else:
        opened = Store.open(store_url)  # an empty database is still one
        assert not any(
            rows for name, (_, rows) in dump(opened).items() if name != "alembic_version"
        )
        opened.close()


def test_a_rehearsal_of_an_existing_store_sees_its_rows(store_url: str) -> None:
    store = Store.open(store_url)
    store.fit(SHAPE)
    fill(store, 4)
    before = dump(store)
    with rehearse(store_url) as rehearsed:
        assert "a_city" in rehearsed.tables.customers.c
        with rehearsed.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(customers)) == 4
        fill(rehearsed, 4, first=4)
    assert dump(store) == before
    store.close()


def test_a_rehearsal_changes_no_byte_of_a_sqlite_file(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    store.fit(SHAPE)
    fill(store, 50)
    store.close()
    path = Path(make_url(sqlite_url).database or "")
    before = path.read_bytes()
    with rehearse(sqlite_url) as rehearsed:
        rehearsed.fit(OTHER)
        fill(rehearsed, 500, first=50)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_many_threads_may_write_in_a_rehearsal(store: Store) -> None:
    with store.rehearsal() as rehearsed:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda i: fill(rehearsed, 5, first=5 * i), range(8)))
        with rehearsed.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(customers)) == 40


def test_the_folder_of_a_sqlite_store_is_made_but_no_mistyped_tree(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/a/store.db").close()
    assert (tmp_path / "a/store.db").exists()
    with pytest.raises(StoreError, match="can't be made"):
        Store.open(f"sqlite:///{tmp_path}/x/y/store.db")
    assert not (tmp_path / "x").exists()


def _open(url: str) -> None:
    Store.open(url).close()


def test_two_processes_may_make_the_same_store(store_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_open, args=(store_url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("oracle://u:secret@h/db", "no store in 'oracle'.*sqlite:///"),
        ("postgresql://u:secret@h:port/db", "URL can't be read"),
        ("not a url", "URL can't be read"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_a_url_that_is_no_store_says_what_to_write(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("driver", "url", "extra"),
    [("psycopg", "postgresql://u:s@h/d", "postgres"), ("pymysql", "mysql://u:s@h/d", "mysql")],
)
def test_a_missing_driver_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, driver: str, url: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(StoreError, match=rf"pip install 'regulars\[{extra}\]'"):
        Store.open(url)


def test_no_store_needs_the_driver_of_another(sqlite_url: str) -> None:
    assert importlib.util.find_spec("psycopg")
    code = (
        "import sys; sys.modules |= dict.fromkeys(['psycopg', 'pymysql'])\n"
        f"from regulars.store import Store; Store.open({sqlite_url!r}).close()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_sqlite_store_is_durable_and_lets_readers_by(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    with store.reading() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        assert [connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in pragmas] == [
            "wal",
            2,
            1,
        ]
    store.close()
    assert sqlite3.sqlite_version_info >= (3, 35)
