"""A large file that surely hasn't changed is not even hashed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from regulars.errors import PluginError
from regulars.store import tables
from regulars_connectors import files
from sqlalchemy import select, update

from tests.customers.shop import ORDERS, Shop, open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = "who,at,item,total"


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    shop = open_shop(tmp_path, sqlite_url)
    shop.write("orders.csv", HEADER, "ada,2025-01-01,x,1")
    yield shop
    shop.store.close()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are hashed; none was written just now."""
    seen: list[str] = []
    made = files.fingerprint

    def fingerprint(file: Path) -> str:
        seen.append(file.name)
        return made(file)

    monkeypatch.setattr(files, "fingerprint", fingerprint)
    monkeypatch.setattr(files, "_JUST_NOW", 0)
    return seen


def test_it_is_hashed_once(shop: Shop, hashed: list[str]) -> None:
    for _ in range(3):
        shop.load({"orders": ORDERS})
    assert hashed == ["orders.csv"]


def test_one_that_was_written_just_now_is_hashed_again(
    shop: Shop, hashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_JUST_NOW", 60_000_000_000)
    shop.load({"orders": ORDERS})
    shop.load({"orders": ORDERS})
    assert len(hashed) == 2


def test_a_change_is_seen_even_if_its_time_is_set_back(shop: Shop, hashed: list[str]) -> None:
    shop.load({"orders": ORDERS})
    file = shop.folder / "orders.csv"
    kept = file.stat()
    while file.stat().st_ctime_ns == kept.st_ctime_ns:
        shop.write("orders.csv", HEADER, "bob,2025-01-01,x,1")
        os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert shop.load({"orders": ORDERS})["orders"].events == 1
    assert len(hashed) == 2


def test_one_that_was_copied_is_hashed_once_and_not_read(shop: Shop, hashed: list[str]) -> None:
    shop.load({"orders": ORDERS})
    file = shop.folder / "orders.csv"
    copy = shop.folder / "copy.csv"
    copy.write_bytes(file.read_bytes())
    copy.replace(file)
    for _ in range(2):
        assert shop.load({"orders": ORDERS})["orders"].events == 0
    assert len(hashed) == 2


def test_a_plugin_that_makes_no_text_of_it_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "fingerprint", lambda _file: None)
    with pytest.raises(PluginError, match=r"connector 'csv' .* it gave None; return a str"):
        shop.load({"orders": ORDERS})


def test_what_is_read_otherwise_is_read_again_without_hashing(
    shop: Shop, hashed: list[str]
) -> None:
    shop.load({"orders": ORDERS})
    other = ORDERS | {"event": "purchase"}
    assert shop.load({"orders": other})["orders"].events == 1
    assert hashed == ["orders.csv"]


def test_what_comes_after_a_changed_file_of_customers_still_has_the_last_word(shop: Shop) -> None:
    people = {"people": {"use": "csv", "path": "people-*.csv", "provides": "customers"}}
    header = "id,city,consent.offers"
    shop.write("people-2025.csv", header, "ada,Rome,yes")
    shop.write("people-2026.csv", header, "ada,Oslo,no")
    shop.load(people)
    with shop.store.transaction() as connection:  # they said it themselves since
        connection.execute(update(tables.consents).values(granted=1))
    shop.write("people-2025.csv", header, "ada,Rome,yes", "bob,Rome,yes")
    assert shop.load(people)["people"].customers == 1
    assert shop.customer("ada", "a_city") == "Oslo"
    assert shop.rows(select(tables.consents.c.granted, tables.consents.c.told))[0] == (1, 0)
