"""Goals and exits of a journey, looked at on every run, played through the real command line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.runs.conftest import HEAD

if TYPE_CHECKING:
    from tests.runs.conftest import Client

VISITS = """\
  visits:
    use: csv
    path: visits.csv
    provides: events
    event: visit
    map: {customer: customer, time: time, id: id}
"""
SHOP = HEAD.replace("channels:", VISITS + "channels:")
WAIT = "[{wait: 30d}, {send: hello}]"


def journey(more: str, steps: str = WAIT) -> str:
    lines = "".join(f"    {line}\n" for line in more.splitlines())
    return f"journeys:\n  j:\n    when: {{event: visit}}\n{lines}    steps: {steps}\n"


def visits(client: Client, *rows: str) -> None:
    lines = ["customer,time,id", *rows]
    (client.folder / "visits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def counts(report: dict[str, Any]) -> tuple[int, int, int]:
    """Who is inside, who exited with this run, who was seen to reach the goal."""
    inside = report["journeys"]["j"]
    return inside["active"], inside["exited"], report["goals"].get("j", 0)


def test_who_orders_leaves_in_the_middle_of_a_long_wait(anywhere: Client) -> None:
    client = anywhere
    client.write(journey("exit_when: {performed: order}\ngoal: {performed: order}"), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1", "bob,2026-05-01T08:00:00,2")
    earlier = "ada,2026-05-01T07:00:00,1,bread,3"
    client.orders(earlier)
    assert counts(client.run("2026-05-01T09:00Z")) == (2, 0, 0)
    client.orders(earlier, "ada,2026-05-03T08:00:00,2,bread,3")
    planned = client.plan("2026-05-03T09:00Z")
    done = client.run("2026-05-03T09:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    assert counts(done) == (1, 1, 1)
    assert counts(client.run("2026-05-03T09:00Z")) == (1, 0, 0)
    assert counts(client.run("2026-06-01T09:00Z")) == (0, 0, 0)
    assert (client.told("ada"), client.told("bob")) == ([], ["hello"])


def test_an_order_between_the_visit_and_the_run_lets_go_at_once(client: Client) -> None:
    client.write(journey("exit_when: {performed: order}", "[{send: hello}]"), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1", "bob,2026-05-01T08:00:00,2")
    client.orders("ada,2026-05-01T08:30:00,1,bread,3")
    assert counts(client.run("2026-05-01T09:00Z")) == (0, 1, 0)
    assert (client.told("ada"), client.told("bob")) == ([], ["hello"])


def test_what_was_planned_for_somebody_who_leaves_is_not_sent(client: Client) -> None:
    client.write(journey("exit_when: {attribute: city, is: Rome}"), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1", "bob,2026-05-01T08:00:00,2")
    assert counts(client.run("2026-05-01T09:00Z")) == (1, 1, 0)
    client.people("ada,ada@example.com,Rome,,", "bob,bob@example.com,Rome,,")
    assert counts(client.run("2026-05-02T09:00Z")) == (0, 1, 0)


def test_each_entry_of_a_customer_has_its_own_time(anywhere: Client) -> None:
    client = anywhere
    goal = "goal: {performed: order, within: 2d}\nexit_when: {performed: order, at_least: 2}"
    client.write(journey(goal), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1", "ada,2026-05-04T08:00:00,2")
    orders = ["ada,2026-05-02T08:00:00,1,bread,3", "ada,2026-05-05T08:00:00,2,bread,3"]
    client.run("2026-05-01T09:00Z")
    client.orders(orders[0])
    assert counts(client.run("2026-05-02T09:00Z")) == (1, 0, 1)
    client.orders(*orders)
    assert counts(client.run("2026-05-05T09:00Z")) == (1, 1, 1)


def test_a_goal_counts_after_the_end_until_its_window_is_over(anywhere: Client) -> None:
    client = anywhere
    client.write(journey("goal: {performed: order, within: 7d}", "[{send: hello}]"), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1", "bob,2026-05-01T08:00:00,2")
    assert counts(client.run("2026-05-01T09:00Z")) == (0, 0, 0)
    client.orders("ada,2026-05-08T08:00:00,1,bread,3", "bob,2026-05-08T08:00:01,2,bread,3")
    assert counts(client.run("2026-05-09T09:00Z")) == (0, 0, 1)
    assert counts(client.run("2026-05-09T09:00Z")) == (0, 0, 0)


def test_an_order_that_is_told_late_counts_until_the_first_run_after_the_window(
    client: Client,
) -> None:
    client.write(journey("goal: {performed: order, within: 7d}", "[{send: hello}]"), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1", "bob,2026-05-01T08:00:00,2")
    client.run("2026-05-01T09:00Z")
    client.run("2026-05-07T09:00Z")
    client.orders("ada,2026-05-02T08:00:00,1,bread,3")
    assert counts(client.run("2026-05-20T09:00Z")) == (0, 0, 1)
    client.orders("bob,2026-05-02T08:00:00,2,bread,3")
    assert counts(client.run("2026-05-21T09:00Z")) == (0, 0, 0)


def test_a_goal_within_a_month_counts_by_the_calendar(client: Client) -> None:
    client.write(journey("goal: {performed: order, within: 1mo}"), SHOP, zone="Europe/Paris")
    visits(client, "ada,2026-02-20T08:00:00,1", "bob,2026-03-20T08:00:00,2")
    client.people("ada,a@x.org,,,", "bob,b@x.org,,,", "cyd,c@x.org,,,")
    client.run("2026-02-20T09:00Z")
    orders = ["ada,2026-03-20T08:00:00,1,bread,3"]  # 28 days
    client.orders(*orders)
    assert counts(client.run("2026-03-20T09:00Z"))[2] == 1
    orders += ["bob,2026-04-20T07:00:00,2,bread,3"]  # 31 days by a clock that went on an hour
    client.orders(*orders)
    assert counts(client.run("2026-04-20T09:00Z"))[2] == 1


def test_a_goal_that_is_written_later_counts_for_those_inside(client: Client) -> None:
    client.write(journey(""), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1")
    client.orders("ada,2026-05-01T08:30:00,1,bread,3")
    client.run("2026-05-01T09:00Z")
    client.write(journey("goal: {performed: order, at_least: 2}"), SHOP)
    assert counts(client.run("2026-05-04T09:00Z"))[2] == 0
    client.write(journey("goal: {performed: order}"), SHOP)
    assert counts(client.run("2026-05-05T09:00Z"))[2] == 1


def test_who_has_done_every_step_leaves_while_a_message_is_held(anywhere: Client) -> None:
    client = anywhere
    night = "policy: {quiet_hours: {from: '20:00', to: '08:00'}}\n"
    client.write(night + journey("exit_when: {performed: order}", "[{send: hello}]"), SHOP)
    visits(client, "ada,2026-05-01T21:00:00,1", "bob,2026-05-01T21:00:00,2")
    assert counts(client.run("2026-05-01T22:00Z")) == (0, 0, 0)
    client.orders("ada,2026-05-01T23:00:00,1,bread,3")
    planned = client.plan("2026-05-02T09:00Z")
    done = client.run("2026-05-02T09:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    assert counts(done) == (0, 1, 0)
    assert done["decisions"]["skipped"] == {"exited": 1}
    assert done["decisions"]["sent"] == 1
    client.orders("ada,2026-05-01T23:00:00,1,bread,3", "bob,2026-05-02T10:00:00,2,bread,3")
    assert counts(client.run("2026-05-03T09:00Z")) == (0, 0, 0)


def test_who_has_done_every_step_leaves_while_a_message_is_to_be_tried_again(
    anywhere: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = anywhere
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)  # before it is tried again
    client.write(journey("exit_when: {performed: order}", "[{send: hello}]"), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1", "bob,2026-05-01T08:00:00,2")
    (client.folder / "outbox").touch()  # where there should be a folder, so nothing goes for now
    assert client.call("run", str(client.path), "--at", "2026-05-01T09:00Z")[0] == 1
    (client.folder / "outbox").unlink()
    client.orders("ada,2026-05-01T10:00:00,1,bread,3")
    planned = client.plan("2026-05-01T11:00Z")
    done = client.run("2026-05-01T11:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    assert counts(done) == (0, 1, 0)
    assert done["decisions"]["skipped"] == {"exited": 1}
    assert done["decisions"]["sent"] == 1
    assert [name.partition("-")[0] for name in client.sent()] == ["bob"]


def test_what_a_journey_sets_is_no_reason_to_leave_at_the_same_instant(client: Client) -> None:
    steps = "[{set: {tier: gold}}, {wait: 30d}]"
    client.write(journey("exit_when: {attribute: tier, is: gold}", steps), SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1")
    assert counts(client.run("2026-05-01T09:00Z")) == (1, 0, 0)
    assert counts(client.run("2026-05-01T09:00Z")) == (1, 0, 0)
    assert counts(client.run("2026-05-01T10:00Z")) == (0, 1, 0)


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ("{not_performed: order, within: 3d}", [0, 0, 1]),
        ("{performed: order, within: 1d, at_most: 0}", [0, 1, 0]),
        ("{none: [{performed: order, within: 1d}]}", [0, 1, 0]),
        ("{any: [{segment: buyers}, {attribute: city, is: Oslo}]}", [0, 0, 0]),
        ("{performed: order, where: {item: {is: bread}}, within: 30d}", [1, 0, 0]),
    ],
)
def test_conditions_that_time_alone_makes_true_are_noticed(
    client: Client, condition: str, left: list[int]
) -> None:
    segments = "segments: {buyers: {performed: order, at_least: 3}}\n"
    client.write(journey(f"exit_when: {condition}") + segments, SHOP)
    visits(client, "ada,2026-05-01T08:00:00,1")
    client.orders("ada,2026-05-01T08:30:00,1,bread,3", "ada,2026-05-01T08:40:00,2,bread,3")
    runs = ("2026-05-01T09:00Z", "2026-05-02T09:00Z", "2026-05-04T09:00Z")
    assert [counts(client.run(at))[1] for at in runs] == left
