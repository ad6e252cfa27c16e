"""A store gets the columns that a playbook needs, and keeps what it has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from regulars.store import Shape, Store, insert_rows
from regulars.store.fitting import INDEX
from regulars.stored import amount_column, sample_column, text_column
from sqlalchemy import inspect, select

if TYPE_CHECKING:
    from collections.abc import Sequence

EVENT = ["name", "customer", "time", "source", "key", "properties"]


def add_events(store: Store, properties: Sequence[dict[str, Any] | None]) -> None:
    rows = [
        (i, i, 1, 1, i.to_bytes(16), json.dumps(each) if each is not None else None)
        for i, each in enumerate(properties)
    ]
    with store.transaction() as connection:
        insert_rows(connection, store.tables.events, EVENT, rows)


def column(store: Store, name: str) -> list[Any]:
    events = store.tables.events
    with store.reading() as connection:
        return list(connection.scalars(select(events.c[name]).order_by(events.c.customer)))


def test_every_type_of_attribute_keeps_its_values(store: Store) -> None:
    types = {"city": "text", "score": "number", "visits": "integer", "vip": "boolean",
             "birthday": "date", "seen": "time", "home": "point", "with-dash": "text"}  # fmt: skip
    store.fit(Shape(attributes=types))
    values = {"a_city": " Zürich ☕", "a_score": 0.1, "a_visits": -(2**63), "a_vip": 1,
              "a_birthday": "2000-02-29", "a_seen": 2**62, "a_home": "1.5,2.5", "x_home": 0.5,
              "y_home": -0.25, "z_home": 1.0, "a_with-dash": "x"}  # fmt: skip
    people = store.tables.customers
    with store.transaction() as connection:
        insert_rows(connection, people, ["key", *values], [("k", *values.values())])
        row = connection.execute(select(*(people.c[name] for name in values))).one()
    assert tuple(row) == tuple(values.values())


def test_many_text_attributes_fit_side_by_side(store: Store) -> None:
    names = [f"field_{i}" for i in range(60)]
    store.fit(Shape(attributes=dict.fromkeys(names, "text")))
    people = store.tables.customers
    with store.transaction() as connection:
        cells = ["☕" * 1000] * 60
        insert_rows(connection, people, ["key", *(f"a_{n}" for n in names)], [("k", *cells)])
        assert connection.scalar(select(people.c.a_field_59)) == "☕" * 1000


def test_columns_are_found_again_when_the_store_is_opened(store: Store, store_url: str) -> None:
    shape = Shape({"city": "text"}, frozenset({"item"}), frozenset({"total"}),
                  frozenset({"spring"}), {"t_spend": "amount"},
                  scores={"s_value.alive": "number"})  # fmt: skip
    store.fit(shape)
    again = Store.open(store_url)
    for table in ("customers", "events", "traits", "scores"):
        mine, theirs = getattr(store.tables, table), getattr(again.tables, table)
        assert set(mine.c.keys()) == set(theirs.c.keys())
    assert {"a_city", sample_column("spring")} <= set(again.tables.customers.c.keys())
    again.close()


def test_fitting_again_changes_nothing(store: Store) -> None:
    shape = Shape({"city": "text"}, texts=frozenset({"item"}), traits={"t_spend": "amount"})
    store.fit(shape)
    with store.transaction() as connection:
        connection.execute(store.tables.traits.insert(), [{"customer": 1, "t_spend": 5}])
    store.fit(shape)
    with store.reading() as connection:
        assert connection.scalar(select(store.tables.traits.c.t_spend)) == 5


def test_properties_used_for_the_first_time_are_filled_from_the_past(store: Store) -> None:
    long = "é" * 1500
    properties: list[dict[str, Any] | None] = [
        {"item": "tea", "total": "12.50"},
        {"item": "ÉCLAIR ☕ ", "total": 0.1},
        {"item": 7, "total": -3},
        {"item": True, "total": "a lot"},
        {"item": ["a", "é"], "total": None},
        {"item": long, "total": 1e300},
        {"other": 1},
        None,
        {"item": 1.10, "total": True},
    ]
    add_events(store, properties)
    store.fit(Shape(texts=frozenset({"item"}), amounts=frozenset({"total"})))
    assert column(store, "n_total") == [
        12_500_000, 100_000, -3_000_000, None, None, None, None, None, None]  # fmt: skip
    assert column(store, "p_item") == [
        "tea", "ÉCLAIR ☕ ", "7", "true", '["a", "é"]', "é" * 1000, None, None, "1.1"]  # fmt: skip


def test_a_long_past_is_filled_to_its_end(store: Store) -> None:
    add_events(store, [{"total": i} for i in range(20_500)])
    store.fit(Shape(amounts=frozenset({"total"})))
    assert column(store, "n_total") == [i * 1_000_000 for i in range(20_500)]


def test_columns_of_events_stay_when_a_playbook_no_longer_uses_them(store: Store) -> None:
    store.fit(Shape(texts=frozenset({"item"})))
    add_events(store, [{"item": "tea"}])
    store.fit(Shape(amounts=frozenset({"total"})))
    assert {"p_item", "n_total"} <= set(store.tables.events.c.keys())


def test_properties_with_any_name_get_columns_of_their_own(store: Store) -> None:
    names = ["total", "Total", "TOTAL", "total amount", "50%", "a`b", 'a"b', "цена", "x" * 200, ""]
    add_events(store, [{name: i for i, name in enumerate(names)}])
    store.fit(Shape(texts=frozenset(names), amounts=frozenset(names)))
    assert [column(store, text_column(n)) for n in names] == [[str(i)] for i in range(10)]
    assert [column(store, amount_column(n)) for n in names] == [[i * 10**6] for i in range(10)]


def test_an_attribute_that_changes_its_type_begins_empty(store: Store) -> None:
    store.fit(Shape({"plan": "text"}))
    with store.transaction() as connection:
        insert_rows(connection, store.tables.customers, ["key", "a_plan"], [("k", "12")])
    store.fit(Shape({"plan": "integer"}))
    people = store.tables.customers
    with store.transaction() as connection:
        assert connection.scalar(select(people.c.a_plan)) is None
        insert_rows(connection, people, ["key", "a_plan"], [("l", 12)])
        assert list(connection.scalars(select(people.c.a_plan).where(people.c.a_plan > 9))) == [12]


def test_traits_are_made_anew_when_they_change(store: Store) -> None:
    store.fit(Shape(traits={"t_spend": "amount", "t_usual": "text"}))
    with store.transaction() as connection:
        connection.execute(store.tables.traits.insert(), [{"customer": 1, "t_usual": "tea"}])
    store.fit(Shape(traits={"t_spend": "number"}))
    assert store.tables.traits.c.keys() == ["customer", "t_spend"]
    with store.transaction() as connection:
        assert connection.execute(select(store.tables.traits)).all() == []


def indexed(store: Store) -> list[str | None] | None:
    with store.reading() as connection:
        indexes = {i["name"]: i["column_names"] for i in inspect(connection).get_indexes("events")}
    return indexes.get(INDEX)


def test_the_index_of_events_covers_every_amount(store: Store) -> None:
    assert indexed(store) is None
    store.fit(Shape(amounts=frozenset({"total"})))
    store.index_events()
    assert indexed(store) == ["name", "customer", "time", "n_total"]
    store.fit(Shape(amounts=frozenset({"tip"})))
    store.index_events()
    store.index_events()
    assert indexed(store) == ["name", "customer", "time", "n_tip", "n_total"]


def test_the_index_of_events_stays_within_what_the_database_allows(store: Store) -> None:
    store.fit(Shape(amounts=frozenset(f"m{i:02}" for i in range(40))))
    store.index_events()
    store.index_events()
    assert (indexed(store) or [])[:4] == ["name", "customer", "time", "n_m00"]


def test_aggregates_read_the_index_of_events_alone(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    store.fit(Shape(amounts=frozenset({"total"})))
    store.index_events()
    with store.reading() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT customer, count(*), sum(n_total) FROM events"
            " WHERE name = 1 AND time > 5 GROUP BY customer"
        ).all()
    store.close()
    assert "SEARCH events USING COVERING INDEX events_by_name" in str(plan)


@pytest.mark.parametrize("name", ["total", "order_no", "2nd"])
def test_plain_names_of_properties_stay_readable(name: str) -> None:
    assert (text_column(name), amount_column(name)) == (f"p_{name}", f"n_{name}")
