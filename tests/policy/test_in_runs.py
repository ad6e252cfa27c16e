"""Policy in whole runs: what is held waits, is counted each time, and goes when it may."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from tests.runs.conftest import Client

NIGHT = 'policy: {quiet_hours: {from: "21:00", to: "08:00"}}\n'
JOURNEY = "journeys:\n  j:\n    when: {event: order}\n"
ORDERS = ("ada,2026-05-01T22:00:00,1,bread,3.50", "bob,2026-05-01T22:00:00,2,bun,1.00")


def both(client: Client, at: str) -> dict[str, Any]:
    """The decisions of a run, after a plan has said the same."""
    planned, done = client.plan(at), client.run(at)
    for summary in (planned, done):
        del summary["seconds"]
    assert planned == done
    decisions: dict[str, Any] = done["decisions"]
    return decisions


def test_a_plan_says_what_the_run_holds_skips_and_sends(anywhere: Client) -> None:
    zones = ["", "Asia/Tokyo", "Asia/Tokyo"]
    anywhere.people(*(f"c{n},c{n % 50}@example.com,Paris,,{zones[n % 3]}" for n in range(60)))
    orders = [f"c{n},2026-05-01T12:00:00,{n}-{k},bread,1" for n in range(60) for k in range(2)]
    anywhere.orders(*orders)
    anywhere.write(
        '  more:\n    mail: {subject: "More", body: "More."}\n'
        "policy:\n  holdout: 20%\n"
        '  quiet_hours: {from: "21:00", to: "08:00"}\n'
        "  caps:\n    - {at_most: 1, per: day, then: hold}\n    - {at_most: 3, per: 30d}\n"
        f"{JOURNEY}    priority: 5\n    steps: [{{send: hello}}, {{send: more}}]\n"
        "  k:\n    when: {event: order}\n    steps: [{send: more}]\n"
    )
    first = both(anywhere, "2026-05-01T12:30Z")
    assert first["sent"] > 5
    assert first["held"]["quiet_hours"] > 50
    assert first["held"]["cap"] > 10
    assert first["skipped"]["duplicate"] > 20
    assert first["skipped"]["holdout"] > 0
    assert sum(first["held"].values()) + sum(first["skipped"].values()) + first["sent"] == 360
    second = both(anywhere, "2026-05-02T01:00Z")
    third = both(anywhere, "2026-05-03T09:00Z")
    assert min(second["sent"], third["sent"]) > 5
    assert sum(day["skipped"]["duplicate"] for day in (first, second, third)) > 100
    hellos = [re.match(r"c(\d+)-hello-", name) for name in anywhere.sent()]
    addresses = [int(hello[1]) % 50 for hello in hellos if hello]
    assert len(addresses) == len(set(addresses)) > 20
    assert len(anywhere.sent()) == first["sent"] + second["sent"] + third["sent"]


def test_what_the_night_held_goes_in_the_morning_once(client: Client) -> None:
    client.orders(*ORDERS)
    client.write(NIGHT + JOURNEY + "    steps: [{send: hello}]\n")
    assert both(client, "2026-05-01T22:30Z")["held"] == {"quiet_hours": 2}
    assert both(client, "2026-05-02T07:59Z")["held"] == {"quiet_hours": 2}
    assert client.sent() == []
    assert both(client, "2026-05-02T08:00Z")["sent"] == 2
    assert both(client, "2026-05-02T09:00Z")["sent"] == 0
    assert len(client.sent()) == 2


def test_who_leaves_while_their_message_is_held_does_not_get_it(client: Client) -> None:
    client.orders(*ORDERS)
    leave = "    exit_when: {performed: order}\n    steps: [{send: hello}, {wait: 7d}]\n"
    client.write(NIGHT + JOURNEY + leave)
    assert both(client, "2026-05-01T22:30Z")["held"] == {"quiet_hours": 2}
    client.orders(*ORDERS, "ada,2026-05-02T07:00:00,3,bread,3.50")
    decisions = both(client, "2026-05-02T08:00Z")
    assert decisions["skipped"] == {"exited": 1}
    out = client.call("customers", "show", str(client.path), "ada", "--json")[1]
    reasons = [(m["state"], m["reason"]) for m in json.loads(out)["messages"]]
    assert reasons[0] == ("skipped", "exited")


def test_a_journey_that_is_taken_out_sends_nothing_that_it_held(client: Client) -> None:
    client.orders(*ORDERS)
    client.write(NIGHT + JOURNEY + "    steps: [{send: hello}]\n")
    client.run("2026-05-01T22:30Z")
    client.write(NIGHT + "journeys: {k: {when: {event: other}, steps: [{send: hello}]}}\n".replace(
        "event: other", "event: order, where: {item: {is: cake}}"
    ))  # fmt: skip
    assert both(client, "2026-05-02T08:00Z")["skipped"] == {"exited": 2}


def test_three_days_without_a_run_send_nothing_that_is_too_late(client: Client) -> None:
    client.orders(*ORDERS)
    head_ = '  note:\n    max_lateness: 1d\n    mail: {subject: "A note", body: "A note."}\n'
    client.write(head_ + NIGHT + JOURNEY + "    steps: [{send: note}, {wait: 1d}, {send: hello}]\n")
    assert both(client, "2026-05-01T22:30Z")["held"] == {"quiet_hours": 2}
    decisions = both(client, "2026-05-04T22:30Z")
    assert decisions["skipped"] == {"late": 2}
    assert both(client, "2026-05-05T09:00Z")["sent"] == 2
