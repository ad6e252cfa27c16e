"""Loading from a database, a part at a time."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from regulars.errors import SourceError
from regulars.store import tables
from sqlalchemy import select

from tests.customers.shop import Shop, open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = {
    "use": "sql",
    "url": "sqlite:///till.db",
    "table": "orders",
    "cursor": "number",
    "provides": "events",
    "event": "order",
    "map": {"customer": "who", "time": "at", "item": "item", "total": "total"},
}


class Till:
    """A database that orders come from."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "till.db"
        self._do("CREATE TABLE orders (number INTEGER, who TEXT, at TEXT, item TEXT, total REAL)")

    def sell(self, *orders: tuple[object, ...]) -> None:
        for order in orders:
            self._do("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", order)

    def _do(self, statement: str, values: tuple[object, ...] = ()) -> None:
        connection = sqlite3.connect(self._file)
        with connection:
            connection.execute(statement, values)
        connection.close()


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    shop = open_shop(tmp_path, sqlite_url)
    yield shop
    shop.store.close()


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return Till(tmp_path)


def test_only_rows_from_the_last_cursor_on_are_read(shop: Shop, till: Till) -> None:
    till.sell((1, "a", "2025-03-01", "x", 0.1), (2, "a", "2025-03-01", "x", 0.1))
    assert shop.load({"orders": SOURCE})["orders"].events == 2
    till.sell((0, "late", "2025-03-01", "x", 1), (2, "b", "2025-03-01", "x", 1))
    till.sell((3, "a", "2025-03-01", "x", 0.1))
    assert shop.load({"orders": SOURCE})["orders"].events == 2
    assert shop.load({"orders": SOURCE})["orders"].events == 0
    assert [row[0] for row in shop.events()] == ["a", "a", "a", "b"]
    loads = tables.loads
    assert shop.rows(select(loads.c.origin, loads.c.rows)) == [("orders", 4)]


def test_a_bad_row_at_the_cursor_is_counted_once(shop: Shop, till: Till) -> None:
    till.sell((1, "a", "2025-03-01", "x", 1), (2, "a", "soon", "x", 1))
    assert shop.load({"orders": SOURCE})["orders"].rejected == 1
    assert shop.load({"orders": SOURCE})["orders"].rejected == 0
    till.sell((3, "a", "late", "x", 1))
    assert shop.load({"orders": SOURCE})["orders"].rejected == 1
    assert [(row, reason) for _, row, reason in shop.rejects()] == [
        (2, "time: 'soon' is not a date or time"),
        (3, "time: 'late' is not a date or time"),
    ]


def test_another_query_is_read_from_its_beginning(shop: Shop, till: Till) -> None:
    words = {name: value for name, value in SOURCE.items() if name != "table"}
    till.sell((1, "a", "2025-03-01", "x", 1), (2, "b", "2025-03-01", "x", 1))
    one = words | {"query": "SELECT * FROM orders WHERE who = 'b'"}
    assert shop.load({"orders": one})["orders"].events == 1
    assert shop.load({"orders": words | {"query": "SELECT * FROM orders"}})["orders"].events == 1


def test_without_a_cursor_all_rows_are_read_and_nothing_is_added_twice(
    shop: Shop, till: Till
) -> None:
    words = {name: value for name, value in SOURCE.items() if name != "cursor"}
    till.sell((1, "a", "2025-03-01", "x", 1), (2, "a", "2025-03-01", "x", 1))
    assert shop.load({"orders": words})["orders"].events == 2
    assert shop.load({"orders": words})["orders"].events == 0


def test_a_cursor_that_is_no_column_is_an_error(shop: Shop, till: Till) -> None:
    till.sell((1, "a", "2025-03-01", "x", 1))
    chosen = SOURCE | {"query": "SELECT who, at, item, total FROM orders"}
    del chosen["table"]
    with pytest.raises(SourceError, match=r"sources\.orders: .*number.*; check url"):
        shop.load({"orders": chosen})
