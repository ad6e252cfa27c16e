from __future__ import annotations

from pydantic import TypeAdapter
from regulars.journeys.program import program
from regulars.playbook.journeys import Journey


def leads(steps: list[object]) -> list[tuple[str, str | None, str | None]]:
    journey = TypeAdapter(Journey).validate_python({"when": {"enters": "s"}, "steps": steps})
    return [(step.id, step.next, step.otherwise) for step in program(journey)]


def test_steps_lead_to_the_one_behind_them_and_the_last_one_out() -> None:
    assert leads([{"send": "a"}, {"send": "b", "id": "second"}, "exit"]) == [
        ("a", "second", None),
        ("second", "exit-1", None),
        ("exit-1", None, None),
    ]


def test_branches_join_at_the_step_behind_them() -> None:
    inner = {"if": {"sample": "5%", "seed": "x"}, "then": [{"send": "b"}]}
    outer = {"if": {"sample": "5%", "seed": "y"}, "then": [{"send": "a"}, inner]}
    assert leads([outer, {"send": "c"}]) == [
        ("if-1", "a", "c"),
        ("a", "if-2", None),
        ("if-2", "b", "c"),
        ("b", "c", None),
        ("c", None, None),
    ]


def test_an_empty_last_branch_leads_out() -> None:
    assert leads([{"if": {"sample": "5%", "seed": "x"}, "then": [], "else": ["exit"]}]) == [
        ("if-1", None, "exit-1"),
        ("exit-1", None, None),
    ]
