from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from regulars.journeys.program import program
from regulars.playbook.journeys import Journey


def leads(steps: list[object]) -> list[tuple[str, str | None, dict[str, Any]]]:
    journey = TypeAdapter(Journey).validate_python({"when": {"enters": "s"}, "steps": steps})
    return [(step.id, step.after, dict(step.ways)) for step in program(journey)]


def test_steps_lead_to_the_one_behind_them_and_the_last_one_out() -> None:
    assert leads([{"send": "a"}, {"send": "b", "id": "second"}, "exit"]) == [
        ("a", "second", {}),
        ("second", "exit-1", {}),
        ("exit-1", None, {}),
    ]


def test_branches_join_at_the_step_behind_them() -> None:
    inner = {"if": {"sample": "5%", "seed": "x"}, "then": [{"send": "b"}]}
    outer = {"if": {"sample": "5%", "seed": "y"}, "then": [{"send": "a"}, inner]}
    assert leads([outer, {"send": "c"}]) == [
        ("if-1", "c", {"then": "a", "else": "c"}),
        ("a", "if-2", {}),
        ("if-2", "c", {"then": "b", "else": "c"}),
        ("b", "c", {}),
        ("c", None, {}),
    ]


def test_an_empty_last_branch_leads_out() -> None:
    assert leads([{"if": {"sample": "5%", "seed": "x"}, "then": [], "else": ["exit"]}]) == [
        ("if-1", None, {"then": None, "else": "exit-1"}),
        ("exit-1", None, {}),
    ]


def test_waiting_for_something_leads_two_ways() -> None:
    wait = {"wait_for": {"performed": "order"}, "at_most": "2h", "else": [{"send": "cart"}]}
    assert leads([wait, {"wait": "7d"}]) == [
        ("wait_for-1", "wait-1", {"then": "wait-1", "else": "cart"}),
        ("cart", "wait-1", {}),
        ("wait-1", None, {}),
    ]


def test_each_arm_of_a_split_is_a_way_and_an_empty_one_goes_on() -> None:
    split = {"split": "offer", "arms": {"a": [{"send": "x"}, {"send": "y"}], "b": []}}
    assert leads([split, {"send": "z"}]) == [
        ("split-1", "z", {"a": "x", "b": "z"}),
        ("x", "y", {}),
        ("y", "z", {}),
        ("z", None, {}),
    ]
