"""Loading in detail, on SQLite alone: what differs between databases is in test_ingest.py."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars.errors import PluginError, SourceError
from regulars.store import Shape, tables
from regulars.store.fitting import INDEX
from regulars_connectors import csv as connector
from sqlalchemy import func, inspect, select

from tests.customers.shop import ORDERS, PEOPLE, Shop, open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    shop = open_shop(tmp_path, sqlite_url)
    yield shop
    shop.store.close()


ROW = st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from(["x", "y"]))
STREAM = st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)
@given(
    files=STREAM,
    again=st.lists(st.integers(0, 3), max_size=4),
    block=st.sampled_from([32, 1 << 19]),
)
def test_the_same_rows_give_the_same_events_however_they_are_cut_and_repeated(
    files: list[list[tuple[str, int, str]]], again: list[int], block: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(connector, "BLOCK", block)
        shop = open_shop(Path(folder), f"sqlite:///{folder}/store.db")
        source = {"orders": ORDERS | {"path": "part-*.csv"}}
        for number in [*range(len(files)), *again]:
            rows = [
                f"{who},2025-01-0{day},{item},1" for who, day, item in files[number % len(files)]
            ]
            shop.write(f"part-{number}-{len(rows)}.csv", "who,at,item,total", *rows)
            shop.load(source)
        most: Counter[tuple[str, int, str]] = Counter()
        for file in files:
            most |= Counter(file)
        assert len(shop.events()) == most.total()
        assert sum(row[0] == "a" for row in shop.events()) == sum(
            count for (who, _, _), count in most.items() if who == "a"
        )
        shop.store.close()


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(ROW, max_size=12), cuts=st.lists(st.integers(0, 12), max_size=3))
def test_events_with_ids_are_the_same_however_their_stream_is_cut_into_files(
    rows: list[tuple[str, int, str]], cuts: list[int]
) -> None:
    lines = [f"{who},2025-01-0{day},{item},{n}" for n, (who, day, item) in enumerate(rows)]
    mapped = {"customer": "who", "time": "at", "id": "total", "item": "item"}
    with tempfile.TemporaryDirectory() as folder:
        shop = open_shop(Path(folder), f"sqlite:///{folder}/store.db")
        for number, (start, end) in enumerate([(0, 6), *((cut, cut + 5) for cut in cuts), (4, 12)]):
            shop.write(f"part-{number}.csv", "who,at,item,total", *lines[start:end])
        shop.load({"orders": ORDERS | {"path": "part-*.csv", "map": mapped}})
        assert [row[:1] for row in shop.events()] == sorted((who,) for who, _, _ in rows)
        shop.store.close()


def test_a_day_without_a_time_is_local_midnight(shop: Shop) -> None:
    shop.write("orders.csv", "who,at,item,total", "a,1997-01-01,x,1", "b,19970701,x,1")
    shop.load({"orders": ORDERS}, timezone="America/Chicago")
    assert [row[1] for row in shop.events()] == [852_098_400_000_000, 867_733_200_000_000]


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ("2025-03-01T10:00:00Z", 1_740_823_200_000_000),
        ("2025-03-01 10:00:00.5+01:00", 1_740_819_600_500_000),
        ("2025-03-01 10:00", 1_740_823_200_000_000),
        ("20250301T100000", 1_740_823_200_000_000),
        ("20250301", 1_740_787_200_000_000),
        ("1740823200", 1_740_823_200_000_000),
        ("1740823200.25", 1_740_823_200_250_000),
    ],
)
def test_times_are_read_as_they_are_commonly_written(shop: Shop, written: str, micros: int) -> None:
    shop.orders(f"a,{written},x,1")
    assert shop.events()[0][1] == micros


@pytest.mark.parametrize(
    "written",
    [
        "1997-13-45",
        "2025-02-30",
        "1/2/2025",
        "20251345",
        "soon",
        "0000-01-01",
        "9" * 13,
        "2025",
        "2025-03-01x10:00",
        "2025-W01-1",
        "1e400",
        "2025-03-01 25:00",
        "0001-01-01T00:00+14:00",
    ],
)
def test_nonsense_is_no_time(shop: Shop, written: str) -> None:
    told = shop.orders(f"a,{written},x,1", "b,2025-03-01,x,1")
    assert (told.events, told.rejected) == (1, 1)
    assert shop.rejects()[0][2] == f"time: {written!r} is not a date or time"


def test_numbers_are_plain_decimals(shop: Shop) -> None:
    bad = ["1_000", "0x10", "nan", "inf", "1,5", "\uff11\uff12", "9" * 14, "1 2"]
    good = {"10": 10_000_000, " -0.1 ": -100_000, ".5": 500_000, "1e3": 1_000_000_000, " ": None}
    rows = [f'a,2025-03-01,{n},"{n}"' for n in [*bad, *good]]
    told = shop.orders(*rows)
    assert (told.events, told.rejected) == (len(good), len(bad))
    assert {item: total for _, _, item, total in shop.events()} == good


def test_without_a_map_every_column_is_loaded_under_its_own_name(shop: Shop) -> None:
    shop.write("orders.csv", "customer,time,item,,shade", "a,2025-03-01,tea,?,dark")
    words = {name: value for name, value in ORDERS.items() if name != "map"}
    assert shop.load({"orders": words})["orders"].events == 1
    assert shop.properties() == [{"item": "tea", "shade": "dark"}]


def test_the_order_of_columns_does_not_make_other_events(shop: Shop) -> None:
    words = {name: value for name, value in ORDERS.items() if name != "map"}
    shop.write("orders.csv", "customer,time,item,shade", "a,2025-03-01,tea,dark")
    shop.load({"orders": words})
    shop.write("orders.csv", "shade,time,item,customer,new", "dark,2025-03-01,tea,a,")
    assert shop.load({"orders": words})["orders"].events == 0


SAME = ["2026-01-01T00:00Z", "2026-01-01T00:00:00+00:00", "2026-01-01T01:00+01:00", "1767225600"]


@pytest.mark.parametrize("written", [*SAME, "2026-01-01", "20260101T000000", "2026-01-01 00:00"])
def test_one_instant_is_one_event_however_it_is_written(shop: Shop, written: str) -> None:
    source = {"orders": ORDERS | {"path": "day-*.csv"}}
    shop.write("day-1.csv", "who,at,item,total", *(f"a,{time},x,1" for time in SAME))
    assert shop.load(source)["orders"].events == len(SAME), "equal rows of one file are several"
    shop.write("day-2.csv", "who,at,item,total", f"a,{written},x,1")
    assert shop.load(source)["orders"].events == 0


@pytest.mark.parametrize("written", ["2026-01-01", "2026-01-01 10:00", "20260101T1000"])
def test_another_zone_that_would_double_events_is_refused(shop: Shop, written: str) -> None:
    shop.write("orders.csv", "who,at,item,total", f"a,{written},x,1")
    shop.load({"orders": ORDERS})
    with pytest.raises(SourceError, match="timezone has changed from UTC to Asia/Tokyo"):
        shop.load({"orders": ORDERS}, timezone="Asia/Tokyo")
    assert len(shop.events()) == 1


@pytest.mark.parametrize("written", SAME)
def test_the_zone_may_change_where_times_have_their_own(shop: Shop, written: str) -> None:
    shop.write("orders.csv", "who,at,item,total", f"a,{written},x,1")
    assert shop.load({"orders": ORDERS})["orders"].events == 1
    assert shop.load({"orders": ORDERS}, timezone="Asia/Tokyo")["orders"].events == 0


def test_the_zone_may_change_where_events_have_an_id(shop: Shop) -> None:
    source = {"orders": ORDERS | {"map": {"customer": "who", "time": "at", "id": "item"}}}
    shop.write("orders.csv", "who,at,item,total", "a,2026-01-01,x,1")
    assert shop.load(source)["orders"].events == 1
    assert shop.load(source, timezone="Asia/Tokyo")["orders"].events == 0


def test_a_missing_column_is_named_with_those_that_there_are(shop: Shop) -> None:
    shop.write("orders.csv", "whom,at,item,total", "a,2025-03-01,x,1")
    with pytest.raises(SourceError) as error:
        shop.load({"orders": ORDERS})
    assert str(error.value) == (
        "sources.orders: orders.csv has no column 'who' for customer (did you mean 'whom'?); "
        "it has 'whom', 'at', 'item', 'total': mend map or the data"
    )


def test_a_failing_source_leaves_the_ones_before_it_and_nothing_of_itself(shop: Shop) -> None:
    shop.write("people.csv", "id,city", "ada,Rome")
    shop.write("day-1.csv", "who,at,item,total", "zoe,2025-03-01,x,1")
    shop.write("day-2.csv", "who,at,item", "zoe,2025-03-02,x")
    with pytest.raises(SourceError, match=r"day-2\.csv has no column 'total'"):
        shop.load({"orders": ORDERS | {"path": "day-*.csv"}, "people": PEOPLE})
    assert shop.customer("ada", "a_city") == "Rome"
    assert shop.count(shop.store.tables.customers) == 1
    assert shop.events() == []
    assert shop.count(tables.loads) == 1


def test_a_changed_map_that_would_double_events_is_refused(shop: Shop) -> None:
    shop.orders("a,2025-03-01,x,1")
    fewer = {"customer": "who", "time": "at", "item": "item"}
    with pytest.raises(SourceError, match="would be counted again"):
        shop.orders("a,2025-03-01,x,1", map=fewer)
    assert len(shop.events()) == 1


def test_halves_of_characters_are_rejected(shop: Shop) -> None:
    source = ORDERS | {"use": "jsonl", "path": "orders.jsonl"}
    rows: list[dict[str, object]] = [
        {"who": "a", "at": "2025-03-01", "item": item} for item in ("\ud83e", "fine", "\0")
    ]
    rows.append({"who": "\udc00", "at": "2025-03-01", "item": "x"})
    rows.append({"who": "b", "at": "2025-03-01", "item": {"deep": "x"}, "total": 1})
    shop.write("orders.jsonl", *map(json.dumps, rows))
    told = shop.load({"orders": source})["orders"]
    assert (told.events, told.rejected) == (2, 3)
    assert [reason for _, _, reason in shop.rejects()] == [
        "item: is not valid Unicode text",
        "item: has a NUL character",
        "customer: is not valid Unicode text",
    ]


def test_a_key_that_no_object_has_is_taken_for_a_misspelling(shop: Shop) -> None:
    source = ORDERS | {"use": "jsonl", "path": "*.jsonl"}
    shop.write("a.jsonl", '{"who": "a", "at": 1740823200, "item": "tea"}')
    with pytest.raises(SourceError, match=r"a\.jsonl has no column 'total' for total"):
        shop.load({"orders": source})
    shop.write("b.jsonl", '{"who": "a", "at": "2025-03-02", "total": 0.1}')
    assert shop.load({"orders": source})["orders"].events == 2
    shop.write("c.jsonl", '{"who": "a", "at": "2025-03-03"}')
    assert shop.load({"orders": source})["orders"].events == 1
    assert shop.properties() == [{"item": "tea"}, {"total": 0.1}, None]
    assert [total for *_, total in shop.events()] == [None, 100_000, None]


def test_an_unchanged_file_is_not_read_again(shop: Shop) -> None:
    shop.orders("a,2025-03-01,x,1")
    with shop.store.transaction() as connection:
        connection.execute(shop.store.tables.events.delete())
    assert shop.load({"orders": ORDERS})["orders"].events == 0
    assert shop.events() == []


def test_events_are_ready_to_be_read_by_name_once_there_are_any(shop: Shop) -> None:
    def covered() -> list[list[str | None]]:
        found = inspect(shop.store.engine).get_indexes("events")
        return [index["column_names"] for index in found if index["name"] == INDEX]

    shop.people("id,city", "ada,Rome")
    assert covered() == [], "the first events are loaded faster without"
    shop.orders("ada,2025-03-01,tea,1")
    assert covered() == [["name", "customer", "time", "n_total", "p_item"]]
    shop.store.fit(Shape(amounts=frozenset({"tip"})))
    shop.orders("ada,2025-03-01,tea,1")
    assert covered() == [["name", "customer", "time", "n_tip", "n_total", "p_item"]]


def test_many_batches_with_bad_rows_everywhere_keep_every_good_row(shop: Shop) -> None:
    rows = [
        f"c{n % 700},{'soon' if n % 997 == 0 else '2025-03-01'},x{n},{n}" for n in range(25_000)
    ]
    told = shop.orders(*rows)
    assert (told.rejected, told.events) == (26, 25_000 - 26)
    assert shop.rejects()[1][:2] == ("orders.csv", 2 + 997)
    events = shop.store.tables.events
    assert shop.rows(select(func.count(), func.sum(events.c.n_total))) == [
        (25_000 - 26, 1_000_000 * sum(n for n in range(25_000) if n % 997))
    ]


def test_customers_over_many_batches_keep_their_last_row(shop: Shop) -> None:
    rows = [f"c{n % 9_000},town{n}" for n in range(21_000)]
    assert shop.people("id,city", *rows).customers == 9_000
    assert shop.customer("c0", "a_city") == "town18000"
    assert shop.people("id,city", *rows, "c1,").customers == 1


def test_a_connector_that_fails_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(connector, "find_files", fail)
    blamed = r"the connector 'csv' of csv \(regulars \S+\) failed: ZeroDivisionError: oops"
    with pytest.raises(PluginError, match=blamed):
        shop.orders("a,2025-03-01,x,1")
