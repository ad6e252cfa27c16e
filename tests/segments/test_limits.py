"""Playbooks that a hostile or tireless person writes: long lists, deep nests, odd texts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from regulars.errors import PlaybookError

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import fit, inside, make_playbook, run, utc, write

if TYPE_CHECKING:
    from regulars.store import Store

NOW = utc(2026, 3, 31, 12)


def found(store: Store, condition: dict[str, Any]) -> list[str]:
    playbook = make_playbook({"mine": condition})
    fit(store, playbook)
    event = Event(1, NOW, "order", {"item": "bread"})
    write(store, playbook, [Person("ada", {"city": "Åre"}, (event,)), Person("bob")])
    run(store, playbook, NOW)
    return inside(store, "mine")


def test_ten_thousand_values_in_a_list(store: Store) -> None:
    cities = [f"c{number}" for number in range(10_000)] + ["Åre"]
    assert found(store, {"attribute": "city", "in": cities}) == ["ada"]


def test_five_thousand_conditions_side_by_side(store: Store) -> None:
    cities: list[dict[str, Any]] = [{"attribute": "city", "is": f"c{n}"} for n in range(5_000)]
    assert found(store, {"any": [*cities, {"performed": "order"}]}) == ["ada"]


def test_a_thousand_comparisons_with_the_clock_at_a_later_run(store: Store) -> None:
    ages = [{"trait": "first_order", "within_last": f"{n}d"} for n in range(1, 1_101)]
    playbook = make_playbook({"mine": {"any": ages}}, {"first_order": {"first": "order"}})
    fit(store, playbook)
    write(store, playbook, [Person("ada", {}, (Event(1, NOW, "order", {}),)), Person("bob")])
    run(store, playbook, NOW)
    run(store, playbook, NOW + timedelta(days=1_000))
    assert inside(store, "mine") == ["ada"]
    run(store, playbook, NOW + timedelta(days=1_200))
    assert inside(store, "mine") == []


def test_conditions_nested_as_deep_as_a_playbook_may_be(store: Store) -> None:
    condition: dict[str, Any] = {"performed": "order"}
    for _ in range(6):
        condition = {"none": [{"attribute": "city", "is": "nowhere"}, condition]}
        condition = {"all": [{"attribute": "id", "known": True}, condition]}
        condition = {"any": [{"attribute": "city", "is": "nowhere"}, condition]}
        condition = {"all": [{"attribute": "id", "is_not": "carl"}, condition]}
    assert found(store, condition) == ["ada"]


def test_a_long_chain_of_segments(store: Store) -> None:
    segments: dict[str, Any] = {"s0": {"performed": "order"}}
    for number in range(1, 30):
        segments[f"s{number}"] = {"none": [{"segment": f"s{number - 1}"}]}
    playbook = make_playbook(segments)
    fit(store, playbook)
    write(store, playbook, [Person("ada", {}, (Event(1, NOW, "order", {}),)), Person("bob")])
    run(store, playbook, NOW)
    assert inside(store, "s28") == ["ada"]
    assert inside(store, "s29") == ["bob"]


def test_segments_that_double_one_another_are_an_error_at_once(sqlite_store: Store) -> None:
    segments: dict[str, Any] = {"s0": {"performed": "order"}}
    for number in range(1, 60):
        twice = [{"segment": f"s{number - 1}"}] * 2
        segments[f"s{number}"] = {"any": twice}
    playbook = make_playbook(segments)
    fit(sqlite_store, playbook)
    with pytest.raises(PlaybookError, match=r"segments\.s15: written out it has more than 20,000"):
        run(sqlite_store, playbook, NOW)


def test_texts_that_no_database_keeps_are_nobodys(store: Store) -> None:
    assert found(store, {"attribute": "city", "in": ["\0", "\ud800"]}) == []


def test_wildcards_and_quotes_are_letters_like_any_other(store: Store) -> None:
    assert found(store, {"attribute": "city", "contains": "%"}) == []
    for text in ("_re", "'; DROP TABLE customers; --", "\\"):
        playbook = make_playbook({"mine": {"attribute": "city", "ends_with": text}})
        run(store, playbook, NOW)
        assert inside(store, "mine") == []
