"""What happens to a customer inside a journey, played through the real command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.runs.conftest import Client

ORDERS = ("ada,2026-05-01T08:00:00,1,bread,3.50", "bob,2026-05-01T08:00:00,2,bun,1.00")
HELLO_AGAIN = '  again:\n    mail: {subject: "Again", body: "Again."}\n'


def steps(text: str, more: str = "") -> str:
    return f"{more}journeys:\n  j:\n    when: {{event: order}}\n    steps:\n{text}"


def test_a_branch_sends_each_customer_one_way(client: Client) -> None:
    client.write(
        HELLO_AGAIN
        + steps(
            "      - if: {attribute: city, is: Paris}\n"
            "        then: [{send: hello}]\n"
            "        else: [{send: again}]\n"
        )
    )
    client.orders(*ORDERS)
    report = client.run("2026-05-01T09:00Z")
    assert report["decisions"]["sent"] == 2
    assert report["journeys"]["j"] == {"entered": 2, "active": 0, "completed": 2, "exited": 0}
    status, out, _ = client.call("customers", "show", str(client.path), "ada", "--json")
    assert status == 0
    assert [m["message"] for m in json.loads(out)["messages"]] == ["hello"]


def test_exit_leaves_the_steps_behind_it_undone(client: Client) -> None:
    client.write(
        steps(
            "      - if: {attribute: city, is: Paris}\n        then: [exit]\n      - send: hello\n"
        )
    )
    client.orders(*ORDERS)
    report = client.run("2026-05-01T09:00Z")
    assert report["journeys"]["j"] == {"entered": 2, "active": 0, "completed": 1, "exited": 1}
    assert report["decisions"]["sent"] == 1


def test_branches_nest_and_join_again(client: Client) -> None:
    client.write(
        HELLO_AGAIN
        + steps(
            "      - if: {attribute: city, is: Paris}\n"
            "        then:\n"
            "          - if: {performed: order, at_least: 2}\n"
            "            then: [exit]\n"
            "            else: [{set: {tier: new}}]\n"
            "      - send: hello\n"
            "      - send: again\n"
        )
    )
    client.orders(*ORDERS)
    assert client.run("2026-05-01T09:00Z")["decisions"]["sent"] == 4


def test_set_writes_the_profile(client: Client) -> None:
    client.write(
        steps("      - set: {tier: gold}\n", "segments: {gold: {attribute: tier, is: gold}}\n")
    )
    client.orders(*ORDERS)
    assert client.run("2026-05-01T09:00Z")["segments"]["gold"]["members"] == 0
    assert client.run("2026-05-02T09:00Z")["segments"]["gold"]["members"] == 2


def test_emit_records_an_event_that_later_runs_see(client: Client) -> None:
    more = "segments: {greeted: {performed: greeted, where: {how: {is: warmly}}}}\n"
    client.write(
        steps("      - emit: greeted\n        properties: {how: warmly}\n", more)
        + "  k:\n    when: {event: greeted}\n    steps: [{send: hello}]\n"
    )
    client.orders(*ORDERS)
    first = client.run("2026-05-01T09:00Z")
    assert first["segments"]["greeted"]["members"] == 0
    assert client.run("2026-05-01T09:00Z")["segments"] == first["segments"]
    later = client.run("2026-05-01T10:00Z")
    assert later["segments"]["greeted"]["members"] == 2
    assert later["journeys"]["k"]["entered"] == 2


def test_a_customer_without_an_address_is_skipped_with_a_reason(client: Client) -> None:
    client.people("ada,,Paris,,", "bob,bob@example.com,Rome,,")
    client.write(steps("      - send: hello\n"))
    client.orders(*ORDERS)
    decisions = client.run("2026-05-01T09:00Z")["decisions"]
    assert decisions == {
        "sent": 1,
        "failed": 0,
        "unknown": 0,
        "held": {},
        "skipped": {"unreachable": 1},
    }


def test_two_customers_with_one_address_get_a_message_once(client: Client) -> None:
    client.people("ada,same@example.com,Paris,,", "bob,Same@example.com,Rome,,")
    client.write(steps("      - send: hello\n"))
    client.orders(*ORDERS)
    decisions = client.run("2026-05-01T09:00Z")["decisions"]
    assert (decisions["sent"], decisions["skipped"]) == (1, {"duplicate": 1})


def test_plan_says_what_run_then_does_and_leaves_no_trace(client: Client) -> None:
    client.write(steps("      - send: hello\n", "segments: {all: {performed: order}}\n"))
    client.orders(*ORDERS)
    planned = client.plan("2026-05-01T09:00Z")
    assert not list(client.folder.glob(".regulars/*"))
    assert client.sent() == []
    done = client.run("2026-05-01T09:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
