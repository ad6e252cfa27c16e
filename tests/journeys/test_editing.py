from __future__ import annotations

from regulars.journeys.editing import next_standing

AFTER = {"a": "b", "b": "d", "c": "d", "d": "e", "e": None}  # c is in a branch of b


def test_the_next_step_that_stands_is_found_behind_the_one_that_is_gone() -> None:
    assert next_standing("a", AFTER, {"c", "d"}) == "d"
    assert next_standing("c", AFTER, {"a", "e"}) == "e"


def test_behind_the_last_step_nothing_stands() -> None:
    assert next_standing("e", AFTER, {"a", "b"}) is None
    assert next_standing("d", AFTER, {"a", "b"}) is None


def test_from_a_step_that_nobody_remembers_there_is_no_way_on() -> None:
    assert next_standing("x", AFTER, {"a", "b"}) is None
