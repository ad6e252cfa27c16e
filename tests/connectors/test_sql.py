from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from regulars.errors import SourceError
from regulars_connectors.sql import SqlSettings, open_sql
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from regulars.hooks import Batch

ROWS = [(1, "50% off: :x", 1.5), (2, None, 2.5), (3, "c", 3.5)]


def execute(url: str, *statements: str) -> None:
    drivers = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
    plain = make_url(url)
    engine = create_engine(
        plain.set(drivername=drivers.get(plain.get_backend_name(), plain.drivername)),
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def shop_url(store_url: str) -> str:
    """A database with orders in it."""
    values = "(1, '50% off: \\:x', 1.5), (2, NULL, 2.5), (3, 'c', 3.5)"
    execute(
        store_url,
        "CREATE TABLE orders (number INTEGER, item VARCHAR(20), total DOUBLE PRECISION)",
        f"INSERT INTO orders VALUES {values}",
    )
    return store_url


def read(url: str, since: Any = None, **settings: Any) -> list[Batch]:
    with open_sql(SqlSettings(url=url, **settings), Path("/")) as parts:
        (part,) = parts
        return list(part.read(since))


def rows(url: str, since: Any = None, **settings: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for batch in read(url, since, **settings) for row in batch.rows]


def test_a_table_and_a_query_are_read(shop_url: str) -> None:
    (batch,) = read(shop_url, table="orders")
    assert batch.columns == ("number", "item", "total")
    assert sorted(map(tuple, batch.rows)) == ROWS
    assert list(batch.numbers) == [1, 2, 3]
    query = "SELECT item, ':y' AS odd FROM orders WHERE item LIKE '50%: :x';"
    assert rows(shop_url, query=query) == [("50% off: :x", ":y")]


@pytest.mark.parametrize("settings", [{"table": "orders"}, {"query": "SELECT * FROM orders"}])
def test_a_cursor_reads_from_the_last_value_on_in_its_order(
    shop_url: str, settings: dict[str, str]
) -> None:
    assert rows(shop_url, None, cursor="number", **settings) == ROWS
    assert rows(shop_url, 2, cursor="number", **settings) == ROWS[1:]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM orders",
        "INSERT INTO orders VALUES (4, 'd', 4.5)",
        "DROP TABLE orders",
        "CREATE TABLE other (number INTEGER)",
    ],
)
def test_a_query_that_writes_is_refused_by_the_database(shop_url: str, query: str) -> None:
    with pytest.raises(
        SourceError, match=r"(?i)(read.?only|syntax error).*; check url, query and cursor"
    ):
        read(shop_url, query=query)
    assert len(rows(shop_url, table="orders")) == 3


def test_many_rows_come_in_batches(store_url: str) -> None:
    execute(store_url, "CREATE TABLE numbers (n INTEGER)")
    values = ", ".join(f"({n})" for n in range(5_000))
    execute(store_url, *[f"INSERT INTO numbers VALUES {values}"] * 5)
    numbers = [(b.numbers[0], b.numbers[-1]) for b in read(store_url, table="numbers")]
    assert numbers == [(1, 10_000), (10_001, 20_000), (20_001, 25_000)]


def test_what_the_database_refuses_is_one_clear_error(shop_url: str) -> None:
    for settings in ({"table": "nowhere"}, {"query": "SELEC"}, {"table": "orders", "cursor": "x"}):
        with pytest.raises(SourceError, match=r"; check url, query and cursor$") as error:
            read(shop_url, **settings)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb"])
def test_a_password_is_never_shown(scheme: str) -> None:
    url = f"{scheme}://ada:s3cret@127.0.0.1:1/shop?sslpassword=s3cret"
    with pytest.raises(SourceError) as error:
        read(url, table="orders")
    assert "s3cret" not in str(error.value)
    assert "127.0.0.1" in str(error.value)
    assert "s3cret" not in repr(SqlSettings(url=url, table="orders"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "is not a database URL"),
        ("sqlite:///missing.db", r"the SQLite file missing\.db is missing"),
        ("nosuch://x/y", "nosuch needs its driver"),
    ],
)
def test_a_url_that_leads_nowhere_is_an_error(url: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(url, table="orders")


def test_reading_makes_no_sqlite_file(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceError),
        open_sql(SqlSettings(url="sqlite:///shop.db", table="x"), tmp_path) as parts,
    ):
        list(parts)
    assert list(tmp_path.iterdir()) == []


def test_either_a_table_or_a_query_is_needed() -> None:
    with pytest.raises(ValidationError, match="give either query or table"):
        SqlSettings(url="sqlite:///x.db")


def test_times_come_as_the_database_has_them(store_url: str) -> None:
    execute(
        store_url,
        "CREATE TABLE visits (at TIMESTAMP)",
        "INSERT INTO visits VALUES ('2025-03-01 10\\:00\\:00')",
    )
    ((found,),) = rows(store_url, table="visits")
    assert str(found) == "2025-03-01 10:00:00"
    assert isinstance(found, str if store_url.startswith("sqlite") else datetime)
