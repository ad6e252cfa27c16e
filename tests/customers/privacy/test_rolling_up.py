"""Rolled-up events count for what they stand for: traits stay what they were."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regulars.customers.privacy import retention
from regulars.customers.privacy.retention import keep_to_retention
from regulars.customers.refreshing import refresh_traits
from regulars.customers.traits import plan_traits
from regulars.playbook.retention import Retention
from regulars.store import tables
from regulars.store.fitting import INDEX
from sqlalchemy import func, inspect, select

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import PLUGINS, empty, fit, make_playbook, utc, write

if TYPE_CHECKING:
    from regulars.playbook.playbook import Playbook
    from regulars.store import Store

NOW = utc(2026, 3, 15, 12)
TRAITS = {
    "orders": {"count": "order"},
    "bread": {"count": "order", "where": {"item": {"is": "bread"}}},
    "known": {"count": "order", "where": {"item": {"known": True}}},
    "lately": {"count": "order", "within": "1y"},
    "spend": {"sum": "order.total"},
    "basket": {"average": "order.total"},
    "bread_basket": {"average": "order.total", "where": {"item": {"is": "bread"}}},
    "last_order": {"last": "order"},
    "last_item": {"last": "order.item"},
    "usual": {"most_common": "order.item"},
    "range": {"distinct": "order.item"},
    "visits": {"count": "visit"},
    "best": {"largest": "order.total", "within": "1y"},
}
EVENT = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["order", "order", "visit"]),
        "days": st.integers(0, 1200),
        "item": st.sampled_from([None, "bread", "cake", "Bread"]),
        "total": st.sampled_from([None, 0, 0.1, 2.5, -1]),
    }
)


def the_playbook(keeps: str = "1y", then: str = "roll_up") -> Playbook:
    kept = Retention.model_validate({"events": keeps, "then": then})
    return replace(make_playbook({}, TRAITS), retention=kept)


def people(rows: list[list[dict[str, Any]]]) -> list[Person]:
    numbers = iter(range(1, 10_000))
    return [
        Person(
            name,
            events=tuple(
                Event(
                    next(numbers),
                    NOW - timedelta(days=row["days"]),
                    row["name"],
                    {"item": row["item"], "total": row["total"]},
                )
                for row in events
            ),
        )
        for name, events in zip(string.ascii_lowercase, rows, strict=False)
    ]


def traits(store: Store, playbook: Playbook, now: datetime = NOW) -> list[Any]:
    planned = plan_traits(playbook, PLUGINS)
    refresh_traits(store, planned, now)
    with store.reading() as connection:
        columns = store.tables.traits.c
        wanted = [columns[planned.traits[name].name] for name in TRAITS]
        query = select(columns.customer, *wanted).order_by(columns.customer)
        return [tuple(row) for row in connection.execute(query)]


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.events)) or 0


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(st.lists(EVENT, max_size=12), min_size=1, max_size=4))
def test_traits_are_what_they_were(store: Store, rows: list[list[dict[str, Any]]]) -> None:
    playbook = the_playbook()
    fit(store, playbook)
    empty(store)
    write(store, playbook, people(rows))
    for day in range(0, 90, 30):  # as the limit goes on through the months
        now = NOW + timedelta(days=day)
        before = traits(store, playbook, now)
        done = keep_to_retention(store, playbook, now)
        assert done is not None
        assert traits(store, playbook, now) == before
        again = keep_to_retention(store, playbook, now)
        assert again is not None
        assert again.events == 0


def test_a_month_becomes_one_event_for_each_item(store: Store) -> None:
    playbook = the_playbook()
    fit(store, playbook)
    order = {"name": "order", "total": 2.5}
    march = [{**order, "days": 400 + day, "item": "bread"} for day in range(3)]
    write(store, playbook, people([[*march, {**order, "days": 400, "item": "cake"}]]))
    done = keep_to_retention(store, playbook, NOW)
    assert done is not None
    assert (done.events, count(store)) == (4, 2)
    with store.reading() as connection:
        events = store.tables.events
        query = select(events.c.times, events.c.n_total, events.c.p_item, events.c.properties)
        rows = connection.execute(query.order_by(events.c.p_item)).all()
    assert [tuple(row) for row in rows] == [
        (3, 7_500_000, "bread", None),
        (1, 2_500_000, "cake", None),
    ]


def test_the_index_holds_how_many_events_a_row_stands_for_once_that_matters(store: Store) -> None:
    playbook = the_playbook()
    fit(store, playbook)
    old = {"name": "order", "days": 500, "item": None, "total": 1}
    write(store, playbook, people([[old]]))
    store.index_events()
    assert "times" not in columns_of_index(store)
    keep_to_retention(store, playbook, NOW)
    assert "times" in columns_of_index(store)


def columns_of_index(store: Store) -> list[str | None]:
    with store.reading() as connection:
        indexes = inspect(connection).get_indexes("events")
    return next(index["column_names"] for index in indexes if index["name"] == INDEX)


def test_events_before_1970_and_of_centuries_are_rolled_up_too(store: Store) -> None:
    playbook = the_playbook()
    fit(store, playbook)
    days = [400, 400, 25_000, 25_000, 200_000, 200_001]
    rows = [{"name": "order", "days": day, "item": None, "total": 1} for day in days]
    write(store, playbook, people([rows]))
    before = traits(store, playbook)
    keep_to_retention(store, playbook, NOW)
    assert traits(store, playbook) == before
    assert count(store) == 3


def test_what_was_rolled_up_may_be_dropped_later(store: Store) -> None:
    playbook = the_playbook()
    fit(store, playbook)
    rows = [{"name": "order", "days": day, "item": None, "total": 1} for day in (5, 400, 401)]
    write(store, playbook, people([rows]))
    keep_to_retention(store, playbook, NOW)
    dropped = keep_to_retention(store, the_playbook(then="drop"), NOW)
    assert dropped is not None
    assert (dropped.events, count(store)) == (1, 1)


def test_a_run_that_was_killed_half_way_goes_on(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, playbook = sqlite_store, the_playbook()
    fit(store, playbook)
    rows = [{"name": "order", "days": day, "item": None, "total": 1} for day in (400, 401)]
    write(store, playbook, people([rows] * 5))
    before = traits(store, playbook)
    monkeypatch.setattr(retention, "BATCH", 2)
    batches = retention._batches

    def killed(store: Store, limit: int) -> Any:
        yield next(iter(batches(store, limit)))
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(retention, "_batches", killed)
        with pytest.raises(KeyboardInterrupt):
            keep_to_retention(store, playbook, NOW)
    assert count(store) == 8
    assert traits(store, playbook) == before
    keep_to_retention(store, playbook, NOW)
    assert count(store) == 5
    assert traits(store, playbook) == before
