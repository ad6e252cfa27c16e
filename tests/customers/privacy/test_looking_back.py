"""What retention leaves enough for, and what it doesn't: said before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

ROLLED = "retention: {events: 2y, then: roll_up}\n"
DROPPED = "retention: {events: 2y}\n"


@pytest.mark.parametrize(
    ("words", "place", "reason"),
    [
        ("traits: {t: {largest: order.total}}", "traits.t", "largest of a number"),
        ("traits: {t: {smallest: order.total}}", "traits.t", "smallest of a number"),
        ("traits: {t: {last: order.total, type: number}}", "traits.t", "last of a number"),
        ("traits: {t: {count: order, within: 3y}}", "traits.t", "within: 3y"),
        ("traits: {t: {count: order, within: 730d}}", "traits.t", "within: 730d"),
        (
            "traits: {t: {count: order, where: {total: {at_least: 5}}}}",
            "traits.t",
            "comparing total with a number",
        ),
        (
            "segments: {s: {any: [{performed: order, largest: total, at_least: 5}]}}",
            "segments.s.any[0]",
            "largest of a number",
        ),
        (
            "segments: {s: {not_performed: order, where: {total: {is: 5}}}}",
            "segments.s",
            "comparing total with a number",
        ),
    ],
)
def test_what_needs_single_events_is_a_mistake_where_old_ones_are_rolled_up(
    client: Client, words: str, place: str, reason: str
) -> None:
    client.write(ROLLED + words)
    status, _, err = client.call("check", str(client.path))
    assert status == 2
    assert f": {place}: {reason} needs single events, and those older than 2y" in err
    client.write(DROPPED + words)
    assert client.call("check", str(client.path))[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        "traits: {t: {largest: order.total, within: 2y}}",
        "traits: {t: {largest: order.total, within: 729d}}",
        "traits: {t: {count: order, within: 18mo, where: {total: {at_least: 5}}}}",
        "traits: {t: {count: order, where: {item: {is: bread}}}}",
        "traits: {t: {average: order.total}, u: {most_common: order.item}, v: {last: order.item}}",
        "segments: {s: {performed: order, sum: total, at_least: 5}}",
        "journeys: {j: {when: {inactive: order, for: 3y}, steps: [{send: hello}]}}",
    ],
)
def test_what_sums_and_windows_inside_the_limit_give_may_be_used(
    client: Client, words: str
) -> None:
    client.write(ROLLED + words)
    assert client.call("check", str(client.path))[0] == 0


def test_where_events_are_dropped_it_is_said_what_counts_only_the_rest(client: Client) -> None:
    client.write(
        DROPPED
        + "traits: {spend: {sum: order.total}, lately: {count: order, within: 1y}}\n"
        + "segments: {s: {none: [{performed: order, within: 3y}]}}\n"
        + "journeys: {j: {when: {inactive: order, for: 3y}, steps: [{send: hello}]}}\n"
    )
    note = "retention: events are kept for 2y; no further look back: "
    note += "traits.spend, segments.s.none[0], journeys.j.when\n"
    assert note in client.call("check", str(client.path))[1]
    assert note in client.call("plan", str(client.path), "--at", "2026-05-01")[1]


def test_without_retention_nothing_is_said(client: Client) -> None:
    client.write("traits: {spend: {sum: order.total}}\n")
    assert "retention:" not in client.call("check", str(client.path))[1]


@pytest.mark.parametrize("then", ["drop", "roll_up"])
def test_a_goal_counts_for_no_longer_than_events_are_kept(client: Client, then: str) -> None:
    experiment = (
        "experiments: {e: {arms: {a: {}, b: {}}, goals: [{id: g, performed: order, within: %s}]}}"
    )
    client.write(f"retention: {{events: 10d, then: {then}}}\n{experiment % '11d'}")
    status, _, err = client.call("check", str(client.path))
    assert status == 2
    assert "experiments.e.goals[0].within: it counts for 11d, and events are kept for 10d" in err
    client.write(f"retention: {{events: 10d, then: {then}}}\n{experiment % '10d'}")
    assert client.call("check", str(client.path))[0] == 0
