"""The plan of traits: what a playbook computes of events, each once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from regulars.customers.refreshing import refresh_traits
from regulars.customers.traits import plan_traits
from regulars.instants import micros
from regulars.playbook.journeys import Journey
from regulars.playbook.playbook import Playbook
from sqlalchemy import select

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import PLUGINS, fit, make_playbook, utc, write

if TYPE_CHECKING:
    from regulars.customers.traits import TraitPlan
    from regulars.store import Store

NOW = utc(2026, 3, 31, 12)
_JOURNEY: TypeAdapter[Any] = TypeAdapter(Journey)


def plan(playbook: Playbook) -> TraitPlan:
    return plan_traits(playbook, PLUGINS)


def names(playbook: Playbook) -> list[str]:
    return [column.name[:2] + column.type for column in plan(playbook).columns]


def test_the_same_aggregate_written_twice_is_one_column() -> None:
    segments = {
        "often": {"performed": "order", "at_least": 4, "within": "4w"},
        "never": {"not_performed": "order", "within": "28d"},
        "once": {"trait": "orders", "at_least": 1},
    }
    playbook = make_playbook(segments, {"orders": {"count": "order", "within": "28d"}})
    assert names(playbook) == ["t_integer"]


def test_windows_and_conditions_on_events_make_columns_of_their_own() -> None:
    where = {"item": {"is": "bread"}}
    segments = {
        "all_time": {"performed": "order"},
        "lately": {"performed": "order", "within": "90d"},
        "bread": {"performed": "order", "where": where},
        "a_text": {"performed": "order", "where": {"item": {"is": "1"}}},
        "a_number": {"performed": "order", "where": {"item": {"is": 1}}},
        "a_flag": {"performed": "order", "where": {"item": {"is": True}}},
    }
    assert names(make_playbook(segments)) == ["x_integer"] * 6


def test_conditions_deep_in_a_journey_are_planned() -> None:
    deep = {"score": "a.b", "at_least": 1, "none": [{"any": [{"performed": "visit"}]}]}
    steps = [{"if": {"all": []}, "then": ["exit"], "else": [{"if": deep, "then": ["exit"]}]}]
    when = {"event": "order", "where": {"total": {"at_least": 5}}, "key": "number"}
    journey = _JOURNEY.validate_python({"when": when, "steps": steps})
    playbook = Playbook("test", Path("playbook.yaml"), journeys={"welcome": journey})
    planned = plan(playbook)
    assert [column.type for column in planned.columns] == ["integer"]
    assert planned.shape.amounts == {"total"}
    assert planned.shape.texts == {"number"}


def test_the_shape_tells_properties_read_as_text_from_those_read_as_numbers() -> None:
    where = {"a": {"in": ["x", 1]}, "b": {"at_least": 1}, "c": {"known": True}}
    traits = {"usual": {"most_common": "order.item"}, "range": {"distinct": "order.size"}}
    segments = {"s": {"performed": "order", "sum": "total", "at_least": 1, "where": where}}
    shape = plan(make_playbook(segments, traits)).shape
    assert shape.amounts == {"a", "b", "total"}
    assert shape.totals == {"total"}
    assert shape.texts == {"a", "c", "item", "size"}


def test_a_long_name_becomes_a_column_that_every_database_takes() -> None:
    long = "a" * 79
    traits = {long + "b": {"count": "order"}, long + "c": {"count": "visit"}}
    columns = [column.name for column in plan(make_playbook({}, traits)).columns]
    assert len(set(columns)) == 2
    assert max(map(len, columns)) <= 60


def computed(store: Store, traits: dict[str, Any], *events: Event) -> dict[str, Any]:
    """The traits of one customer with ``events``, as the store keeps them."""
    playbook = make_playbook({}, traits)
    fit(store, playbook)
    write(store, playbook, [Person("ada", events=events)])
    planned = plan(playbook)
    refresh_traits(store, planned, NOW)
    with store.transaction() as connection:
        row = connection.execute(select(store.tables.traits)).mappings().one()
    return {name: row[column.name] for name, column in planned.traits.items()}


def item(number: int, value: str, hour: int = 1) -> Event:
    return Event(number, utc(2026, 3, 1, hour), "order", {"item": value})


def test_every_customer_has_a_row_without_any_event(store: Store) -> None:
    traits = {
        "count": {"count": "order"},
        "sum": {"sum": "order.total"},
        "distinct": {"distinct": "order.item"},
        "average": {"average": "order.total"},
        "last": {"last": "order"},
        "usual": {"most_common": "order.item"},
    }
    assert computed(store, traits) == {
        "count": 0,
        "sum": 0,
        "distinct": 0,
        "average": None,
        "last": None,
        "usual": None,
    }


def test_at_one_instant_the_event_recorded_last_is_the_last(store: Store) -> None:
    traits = {"first": {"first": "order.item"}, "last": {"last": "order.item"}}
    events = [item(3, "roll"), item(1, "bread"), item(2, "cake")]
    assert computed(store, traits, *events) == {"first": "bread", "last": "roll"}


def test_of_items_bought_equally_often_the_one_seen_last_is_the_usual(store: Store) -> None:
    usual = {"usual": {"most_common": "order.item"}}
    events = [item(1, "bread", 1), item(2, "cake", 3), item(3, "cake", 1), item(4, "bread", 2)]
    assert computed(store, usual, *events) == {"usual": "cake"}


def test_of_items_bought_equally_often_at_once_the_smaller_text_is_the_usual(store: Store) -> None:
    usual = {"usual": {"most_common": "order.item"}}
    assert computed(store, usual, item(1, "a"), item(2, "B"), item(3, "é")) == {"usual": "B"}


def test_a_month_is_a_step_of_the_calendar(store: Store) -> None:
    traits = {"lately": {"count": "order", "within": "1mo"}}
    at_the_edge = Event(1, utc(2026, 2, 28, 12), "order", {})
    inside = Event(2, utc(2026, 2, 28, 13), "order", {})
    assert computed(store, traits, at_the_edge, inside) == {"lately": 1}


def test_a_window_longer_than_the_calendar_holds_everything(sqlite_store: Store) -> None:
    traits = {"ever": {"count": "order", "within": "99999y"}}
    assert computed(sqlite_store, traits, item(1, "bread")) == {"ever": 1}


def test_more_kinds_of_events_than_a_database_joins_in_one_statement(store: Store) -> None:
    kinds = [f"kind_{number}" for number in range(70)]
    traits: dict[str, Any] = {kind: {"count": kind} for kind in kinds}
    traits |= {f"late_{kind}": {"count": kind, "within": "1mo"} for kind in kinds}
    came = [
        Event(number, utc(2026, 1 + number % 3, 20), kind, {})
        for number, kind in enumerate(kinds, 1)
    ]
    expected = dict.fromkeys(kinds, 1)
    expected |= {f"late_{event.name}": int(event.time > utc(2026, 3, 1)) for event in came}
    assert computed(store, traits, *came) == expected


def test_of_a_window_the_oldest_event_of_each_kind_is_kept(sqlite_store: Store) -> None:
    traits = {
        "orders": {"count": "order", "within": "1mo"},
        "visits": {"count": "visit", "within": "1mo"},
        "last": {"last": "review.stars", "within": "1mo"},
    }
    first = Event(1, utc(2026, 3, 4), "review", {"stars": "5"})
    others = [Event(2, utc(2026, 3, 5), "order", {}), Event(3, utc(2026, 3, 6), "visit", {})]
    computed(sqlite_store, traits, *others, first)
    columns = sqlite_store.tables.traits.c
    kept = [columns[f"o_{name}_1mo"] for name in ("review", "order", "visit")]
    with sqlite_store.reading() as connection:
        oldest = connection.execute(select(*kept)).one()
    assert oldest == tuple(micros(event.time) for event in (first, *others))
