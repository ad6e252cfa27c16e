"""A playbook is edited while customers are inside its journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

MESSAGES = """\
  two:
    mail: {subject: "Two", body: "Two."}
  three:
    mail: {subject: "Three", body: "Three."}
"""
ADA, BOB = "ada,2026-05-01T08:00:00,1,bread,3.50", "bob,2026-05-01T08:00:00,2,bun,1.00"
PAUSE = "{wait: 7d, id: pause}"


def steps(text: str, name: str = "j") -> str:
    return f"{MESSAGES}journeys:\n  {name}:\n    when: {{event: order}}\n    steps: [{text}]\n"


def waiting(client: Client, text: str) -> None:
    """Let two customers wait in a journey with these steps."""
    client.orders(ADA, BOB)
    client.write(steps(text))
    assert client.run("2026-05-01T09:00Z")["journeys"]["j"]["active"] == 2


def edited(client: Client, text: str, at: str = "2026-05-02T09:00Z") -> dict[str, Any]:
    """What a run does with the journey as it is now; the same as was planned."""
    client.write(steps(text))
    planned = client.plan(at)
    done = client.run(at)
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    assert client.run(at)["edits"] == []
    return done


def edit(step: str, to: str | None, customers: int = 2) -> list[dict[str, Any]]:
    return [{"journey": "j", "step": step, "customers": customers, "to": to}]


def test_who_waits_at_a_step_that_is_gone_goes_on_from_the_next_one(anywhere: Client) -> None:
    client = anywhere
    waiting(client, f"{{send: hello}}, {PAUSE}, {{send: two}}")
    done = edited(client, "{send: hello}, {send: two}")
    assert done["edits"] == edit("pause", "two")
    assert (done["decisions"]["sent"], done["journeys"]["j"]["completed"]) == (2, 2)
    assert client.told("ada") == ["hello", "two"]


def test_a_step_that_is_renamed_is_gone_and_another_one_is_new(client: Client) -> None:
    waiting(client, f"{PAUSE}, {{send: two}}")
    done = edited(client, "{wait: 7d, id: rest}, {send: two}")
    assert done["edits"] == edit("pause", "two")


def test_where_nothing_stands_any_more_they_complete(client: Client) -> None:
    waiting(client, f"{{send: hello}}, {PAUSE}, {{send: two}}")
    done = edited(client, "{send: hello}")
    assert done["edits"] == edit("pause", None)
    assert done["journeys"]["j"] == {"entered": 0, "active": 0, "completed": 2, "exited": 0}


def test_several_steps_that_are_gone_are_passed_over(client: Client) -> None:
    waiting(client, f"{PAUSE}, {{send: hello}}, {{send: two}}, {{send: three}}")
    assert edited(client, "{send: three}")["edits"] == edit("pause", "three")
    assert client.told("ada") == ["three"]


def test_steps_that_are_added_before_their_place_are_not_done(client: Client) -> None:
    waiting(client, f"{PAUSE}, {{send: hello}}")
    assert (
        edited(client, f"{{send: three}}, {PAUSE}, {{send: two}}, {{send: hello}}")["edits"] == []
    )
    client.run("2026-05-08T09:00Z")
    assert client.told("ada") == ["two", "hello"]


def test_a_step_that_moves_behind_them_is_not_done_twice(client: Client) -> None:
    waiting(client, f"{{send: hello}}, {{set: {{tier: new}}}}, {PAUSE}, {{send: two}}")
    moved = f"{PAUSE}, {{send: two}}, {{set: {{tier: new}}, id: set-1}}, {{send: hello}}"
    assert edited(client, moved)["edits"] == []
    done = client.run("2026-05-08T09:00Z")
    assert done["journeys"]["j"]["completed"] == 2
    assert client.told("ada") == ["hello", "two"]


def test_a_wait_that_was_over_is_not_waited_again(client: Client) -> None:
    first, second = "{wait: 1d, id: first}", "{wait: 1d, id: second}"
    client.orders(ADA)
    client.write(steps(f"{first}, {second}, {{send: hello}}"))
    client.run("2026-05-01T09:00Z")
    client.run("2026-05-02T09:00Z")
    client.write(steps(f"{second}, {first}, {{send: hello}}"))
    client.run("2026-05-03T09:00Z")
    assert client.told("ada") == ["hello"]


def test_who_waits_in_a_branch_that_is_gone_goes_on_behind_it(anywhere: Client) -> None:
    client = anywhere
    branch = "{{if: {{attribute: city, is: Paris}}, then: [{then}], else: [{other}]}}"
    both = branch.format(
        then=f"{PAUSE}, {{send: two}}", other="{wait: 9d, id: long}, {send: three}"
    )
    waiting(client, f"{both}, {{send: hello}}")
    without = branch.format(then="{send: two}", other="")
    done = edited(client, f"{without}, {{send: hello}}")
    assert done["edits"] == edit("long", "hello", 1) + edit("pause", "two", 1)
    assert (client.told("ada"), client.told("bob")) == (["two", "hello"], ["hello"])


def test_who_waits_for_something_that_is_gone_takes_neither_branch(client: Client) -> None:
    wait = "{wait_for: {performed: order}, at_most: 7d, then: [{send: two}], else: [{send: three}]}"
    waiting(client, f"{wait}, {{send: hello}}")
    done = edited(client, "{send: two}, {send: three}, {send: hello}")
    assert done["edits"] == edit("wait_for-1", "hello")
    assert client.told("ada") == ["hello"]


def test_a_wait_that_lasts_longer_now_ends_for_those_inside_as_it_would_have(
    client: Client,
) -> None:
    waiting(client, f"{PAUSE}, {{send: hello}}")
    assert edited(client, "{wait: 70d, id: pause}, {send: hello}")["edits"] == []
    assert client.run("2026-05-08T09:00Z")["decisions"]["sent"] == 2


def test_who_is_inside_a_journey_that_is_gone_leaves_it(anywhere: Client) -> None:
    client = anywhere
    waiting(client, f"{PAUSE}, {{send: hello}}")
    client.write(steps("{send: two}", "k"))
    planned = client.plan("2026-05-02T09:00Z")
    done = client.run("2026-05-02T09:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    assert done["edits"] == edit("pause", None)
    assert client.run("2026-05-03T09:00Z")["edits"] == []
    client.write(steps(f"{PAUSE}, {{send: hello}}"))
    assert client.run("2026-05-09T09:00Z")["journeys"]["j"]["active"] == 0
    assert client.told("ada") == []


def test_a_journey_that_returns_lets_in_nobody_for_what_happened_meanwhile(
    client: Client,
) -> None:
    waiting(client, PAUSE)
    client.write(steps("{send: two}", "k"))
    client.run("2026-05-02T09:00Z")
    client.write(steps("{send: hello}"))
    client.orders(ADA, BOB, "ada,2026-05-05T08:00:00,3,bread,3", "bob,2026-05-09T08:00:00,4,bun,1")
    assert client.entered("2026-05-09T09:00Z") == 1


def test_edits_are_told_to_people(client: Client) -> None:
    waiting(client, f"{PAUSE}, {{send: hello}}")
    client.write(steps("{send: hello}"))
    status, out, _ = client.call("plan", str(client.path), "--at", "2026-05-02T09:00Z")
    assert status == 0
    assert "step that is gone" in out
    line = next(line for line in out.splitlines() if "pause" in line)
    assert line.split() == ["j", "pause", "2", "hello"]


@pytest.mark.parametrize("text", ["{send: hello}, {send: two}", "{send: two}"])
def test_an_edit_that_touches_nobody_is_not_told(client: Client, text: str) -> None:
    client.orders(ADA)
    client.write(steps("{send: two}, {send: hello}"))
    client.run("2026-05-01T09:00Z")
    assert edited(client, text)["edits"] == []
