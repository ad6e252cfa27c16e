"""Loading on every database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from regulars.customers.consents import answer
from regulars.errors import SourceError
from regulars.instants import micros
from regulars.store import tables
from sqlalchemy import select

from tests.customers.shop import NOW, ORDERS, PEOPLE, Shop, open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shop(store_url: str, tmp_path: Path) -> Iterator[Shop]:
    shop = open_shop(tmp_path, store_url)
    yield shop
    shop.store.close()


def _at(*when: int) -> int:
    return micros(datetime(*when, tzinfo=UTC))  # type: ignore[misc,arg-type]


def test_events_are_loaded_with_their_customers(shop: Shop) -> None:
    told = shop.orders("ada,2025-03-01T10:00:00,bread,12.50", "bob,2025-03-02,tea,")
    assert (told.customers, told.events, told.rejected) == (2, 2, 0)
    assert shop.events() == [
        ("ada", _at(2025, 3, 1, 10), "bread", 12_500_000),
        ("bob", _at(2025, 3, 2), "tea", None),
    ]
    assert shop.properties() == [{"item": "bread", "total": "12.50"}, {"item": "tea"}]


def test_the_same_file_again_adds_nothing_and_more_rows_add_themselves(shop: Shop) -> None:
    rows = ["ada,2025-03-01,bread,1", "ada,2025-03-01,bread,1", "bob,2025-03-01,tea,2"]
    assert shop.orders(*rows).events == 3
    assert shop.orders(*rows).events == 0
    assert shop.orders(*rows, "bob,2025-03-02,tea,2").events == 1
    assert shop.orders(*reversed(rows)).events == 0
    assert len(shop.events()) == 4


def test_two_equal_purchases_count_twice_also_over_overlapping_files(shop: Shop) -> None:
    source = {"orders": ORDERS | {"path": "day-*.csv"}}
    same = "ada,2025-03-01,bread,1"
    shop.write("day-1.csv", "who,at,item,total", same)
    shop.write("day-2.csv", "who,at,item,total", same, same)
    assert shop.load(source)["orders"].events == 2
    shop.write("day-3.csv", "who,at,item,total", same, "bob,2025-03-01,tea,1", same)
    assert shop.load(source)["orders"].events == 1


def test_an_event_with_an_id_counts_once_whatever_else_its_row_says(shop: Shop) -> None:
    mapped = {"map": {"customer": "who", "time": "at", "id": "total"}}
    assert shop.orders("ada,2025-03-01,x,7", "ada,2025-03-02,y,7", **mapped).events == 1
    assert shop.orders("ada,2025-03-05,x,7", "ada,2025-03-02,y,8", **mapped).events == 1


def test_names_of_events_may_come_from_a_column(shop: Shop) -> None:
    mapped = {"map": {"customer": "who", "time": "at", "event": {"column": "item"}}}
    words = {name: value for name, value in ORDERS.items() if name not in ("event", "map")}
    shop.write("orders.csv", "who,at,item,total", "ada,2025-03-01,order,1", "ada,2025-03-02,visit,")
    assert shop.load({"orders": words | mapped})["orders"].events == 2
    assert shop.rows(select(tables.event_names.c.name).order_by("name")) == [("order",), ("visit",)]


def test_events_in_the_future_come_into_view_when_their_time_has_come(shop: Shop) -> None:
    shop.write("orders.csv", "who,at,item,total", "ada,2025-03-01,a,1", "ada,2025-06-01,b,1")
    first, second = datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)
    assert shop.load({"orders": ORDERS}, first)["orders"].events == 1
    _finish_run(shop, first)
    assert shop.load({"orders": ORDERS}, first)["orders"].events == 0
    assert shop.load({"orders": ORDERS}, second)["orders"].events == 1
    _finish_run(shop, second)
    assert shop.load({"orders": ORDERS}, second)["orders"].events == 0


def _finish_run(shop: Shop, at: datetime) -> None:
    with shop.store.transaction() as connection:
        row = {"at": micros(at), "started_at": 0, "finished_at": 0}
        connection.execute(tables.runs.insert().values(row))


def test_bad_rows_are_kept_with_their_reason_and_counted_once(shop: Shop) -> None:
    bad = ["ada,1997-13-45,x,1", ",2025-03-01,x,1", "ada,2025-03-01,x,many", "ada,2025-03-01,x"]
    told = shop.orders(*bad, "ada,2025-03-01,x,1")
    assert (told.events, told.rejected) == (1, 4)
    assert shop.rejects() == [
        ("orders.csv", 2, "time: '1997-13-45' is not a date or time"),
        ("orders.csv", 3, "customer: is empty; every event needs one"),
        ("orders.csv", 4, "total: 'many' is not a number"),
        ("orders.csv", 5, "has 3 fields, the header has 4"),
    ]
    told = shop.orders(*bad, "ada,2025-03-01,x,1", "ada,2025-03-02,x,1", "ada,x,x,1")
    assert (told.events, told.rejected) == (1, 1)
    shop.orders("ada,2025-03-01,x,1")
    assert shop.rejects() == []


def test_a_bad_row_can_stop_the_load_and_nothing_of_it_is_kept(shop: Shop) -> None:
    with pytest.raises(SourceError, match=r"sources\.orders: orders\.csv, row 3: time: 'soon'"):
        shop.orders("ada,2025-03-01,x,1", "bob,soon,x,1", on_bad_row="stop")
    assert shop.events() == []
    assert shop.count(shop.store.tables.customers) == 0
    assert shop.orders("ada,2025-03-01,x,1", on_bad_row="stop").events == 1


def test_too_many_bad_rows_undo_the_load(shop: Shop) -> None:
    with pytest.raises(SourceError, match=r"2 of 3 rows are bad, more than max_bad: 50%"):
        shop.orders("ada,2025-03-01,x,1", "b,soon,x,1", "c,late,x,1", max_bad="50%")
    assert shop.events() == []
    assert shop.rejects() == []
    assert shop.orders("ada,2025-03-01,x,1", "b,soon,x,1", max_bad="50%").rejected == 1


def test_profiles_are_typed(shop: Shop) -> None:
    told = shop.people(
        "id,email,city,birthday,joined,points,weight,vip,home,note",
        'ada, Ada@Example.com ,Łódź,1990-02-03,2025-01-01 12:00,7,1.5,yes,"51.5,-0.1",hi',
        "bob,,,,,,,,,",
    )
    assert (told.customers, told.rejected) == (2, 0)
    assert shop.customer("ada", "email", "kind", "extra", "a_city", "a_birthday") == (
        "Ada@Example.com",
        "customer",
        '{"note": "hi"}',
        "Łódź",
        "1990-02-03",
    )
    assert shop.customer("ada", "a_joined", "a_points", "a_weight", "a_vip") == (
        _at(2025, 1, 1, 12),
        7,
        1.5,
        1,
    )
    home = shop.customer("ada", "a_home", "x_home", "y_home", "z_home")
    assert home[0] == "51.5,-0.1"
    assert sum(axis * axis for axis in home[1:]) == pytest.approx(1)
    assert shop.customer("bob", "email", "a_city", "a_home", "x_home", "extra") == (None,) * 5


def test_only_real_changes_of_profiles_are_counted_and_the_last_row_wins(shop: Shop) -> None:
    assert shop.people("id,city", "ada,Rome", "bob,Oslo", "ada,Paris").customers == 2
    assert shop.customer("ada", "a_city") == "Paris"
    assert shop.people("id,city", "ada,Paris", "bob,Oslo", "cleo,").customers == 1
    assert shop.people("id,city", "ada,", "bob,Bergen").customers == 2
    assert shop.customer("ada", "a_city") is None


def test_a_source_changes_only_the_columns_that_it_has(shop: Shop) -> None:
    shop.people("id,city,email,note", "ada,Rome,a@x.example,hi")
    shop.people("id,plan,colour", "ada,pro,red")
    assert shop.customer("ada", "a_city", "email", "a_plan", "extra") == (
        "Rome",
        "a@x.example",
        "pro",
        '{"colour": "red", "note": "hi"}',
    )
    shop.people("id,note", "ada,")
    assert shop.customer("ada", "extra") == '{"colour": "red"}'


def test_identities_are_normalised_and_follow_the_profile(shop: Shop) -> None:
    shop.people("id,email,phone", "ada, Ada@X.example ,+1 (555) 01-00", "bob,b@x.example,")
    chosen = select(tables.identities.c.kind, tables.identities.c.value).order_by("kind", "value")
    assert shop.rows(chosen) == [
        ("email", "ada@x.example"),
        ("email", "b@x.example"),
        ("phone", "+15550100"),
    ]
    shop.people("id,email,phone", "ada,new@x.example,", "bob,b@x.example,")
    assert shop.rows(chosen) == [("email", "b@x.example"), ("email", "new@x.example")]


def test_consent_is_kept_with_its_time_until_it_changes(shop: Shop) -> None:
    mapped = {"id": "id", "consent.offers": "news", "consent.offers.sms": "sms"}
    consents = tables.consents
    chosen = select(consents.c.topic, consents.c.channel, consents.c.granted, consents.c.at)
    shop.people("id,news,sms", "ada,yes,0", "bob,,", map=mapped)
    now = micros(NOW)
    ordered = chosen.order_by("channel")
    assert shop.rows(ordered) == [("offers", "", 1, now), ("offers", "sms", 0, now)]
    shop.write("people.csv", "id,news,sms", "ada,no,no")
    later = datetime(2026, 2, 1, tzinfo=UTC)
    shop.load({"people": PEOPLE | {"map": mapped}}, later)
    assert shop.rows(ordered) == [("offers", "", 0, micros(later)), ("offers", "sms", 0, now)]


def test_a_file_that_says_the_same_again_does_not_undo_what_a_reader_said_since(shop: Shop) -> None:
    mapped = {"id": "id", "consent.offers.sms": "mail"}
    consents = tables.consents
    chosen = select(consents.c.granted).order_by(consents.c.customer)

    def read(*rows: str) -> list[object]:
        shop.people("id,mail", *rows, map=mapped)
        return [granted for (granted,) in shop.rows(chosen)]

    assert read("ada,yes", "bob,yes", "cleo,") == [1, 1]
    with shop.store.transaction() as connection:
        numbers = connection.scalars(select(tables.customers.c.id).order_by("id")).all()
        said_no = [(n, "offers", "sms", False, micros(NOW) + 1) for n in numbers]
        answer(connection, [row for row in said_no if row[0] != numbers[1]])
    assert read("ada,yes", "bob,no", "cleo,yes") == [0, 0, 0]
    assert read("ada,no", "bob,yes", "cleo,yes") == [0, 1, 0]
    assert read("ada,yes", "bob,yes", "cleo,no") == [1, 1, 0]
    assert read("ada,yes", "bob,yes", "cleo,yes") == [1, 1, 1]


def test_points_may_come_in_two_columns(shop: Shop) -> None:
    mapped = {"id": "id", "home.latitude": "lat", "home.longitude": "lon"}
    shop.people("id,lat,lon", "ada,51.5,-0.1", "bob,,", "cleo,51,", "dora,91,0", map=mapped)
    assert shop.customer("ada", "a_home") == "51.5,-0.1"
    assert [reason for _, _, reason in shop.rejects()] == [
        "home: has only one of latitude and longitude",
        "home: 91,0 is not on Earth",
    ]


def test_a_file_of_bad_rows_alone_is_rejected_row_by_row(shop: Shop) -> None:
    told = shop.people("id,home,vip,note", "a,nowhere,yes,x", "b,91;0,no,y", ",,,")
    assert (told.customers, told.rejected) == (0, 3)
    told = shop.orders("ada,soon,bread,1", ",2025-03-01,tea,1")
    assert (told.customers, told.events, told.rejected) == (0, 0, 2)
    assert [reason for _, _, reason in shop.rejects()] == [
        "time: 'soon' is not a date or time",
        "customer: is empty; every event needs one",
        "home: 'nowhere' is not latitude,longitude",
        "home: '91;0' is not latitude,longitude",
        "id: is empty; every customer needs one",
    ]


def test_what_is_no_profile_is_rejected(shop: Shop) -> None:
    rows = {
        "a,rich,,": "plan: 'rich' is not one of free, pro",
        "b,,boss,": "kind: 'boss' is not one of customer, staff, partner",
        "c,,,Mars/Base": "timezone: 'Mars/Base' is not a time zone; write it as Europe/Berlin",
        f"{'d' * 191},,,": "id: is longer than 190 characters",
        ",,,": "id: is empty; every customer needs one",
        "e\0,,,": "id: has a NUL character",
        "   ,,,": "id: is empty; every customer needs one",
    }
    told = shop.people("id,plan,kind,timezone", *rows, "ok,pro,STAFF,Asia/Tokyo")
    assert (told.customers, told.rejected) == (1, len(rows))
    assert [reason for _, _, reason in shop.rejects()] == list(rows.values())
    assert shop.customer("ok", "kind") == "staff"


def test_ids_are_printed_one_a_line(shop: Shop) -> None:
    bad = ["a\nb", "a\rb", "\x1b]0;pwn\x07", "tab\t", "\x85", "a\u2028b", "\u2029", "\x7f"]
    told = shop.people("id,city", *(f'"{key}x",Rome' for key in bad), " ünï\xa0côde ,Rome")
    assert (told.customers, told.rejected) == (1, len(bad))
    told = shop.orders(*(f'"{key}",2025-03-01,x,1' for key in bad), "\u3000,2025-03-01,x,1")
    assert (told.customers, told.events, told.rejected) == (0, 0, len(bad) + 1)
    reasons = [reason for _, _, reason in shop.rejects()]
    first = "has a line break or another control character ('\\n')"
    assert (reasons[0], reasons[len(bad) + 1]) == (f"customer: {first}", f"id: {first}")
    assert shop.rows(select(shop.store.tables.customers.c.key)) == [(" ünï\xa0côde ",)]


def test_texts_that_not_every_database_keeps_are_rejected(shop: Shop) -> None:
    told = shop.orders(
        f"ada,2025-03-01,{'x' * 1001},1",
        "ada,2025-03-01,x\0y,1",
        f"ada,2025-03-01,{'é' * 1000},1",
        "ada,2025-03-01,🥐,1",
    )
    assert (told.events, told.rejected) == (2, 2)
    assert [reason for _, _, reason in shop.rejects()] == [
        "item: is longer than 1000 characters",
        "item: has a NUL character",
    ]


def test_what_a_rehearsal_loads_is_gone_afterwards(shop: Shop) -> None:
    shop.write("orders.csv", "who,at,item,total", "ada,2025-03-01,bread,1")
    with shop.store.rehearsal() as rehearsed:
        assert Shop(shop.folder, rehearsed).load({"orders": ORDERS})["orders"].events == 1
    assert shop.events() == []
