"""Old events go with a run, and don't come back with the next one."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

TRAITS = "traits: {n: {count: order}, spend: {sum: order.total}}\n"
DROP = "retention: {events: 1y, then: drop}\n"
ROLL_UP = "retention: {events: 1y, then: roll_up}\n"
OLD = ("ada,2024-03-01T08:00,1,bread,2", "ada,2024-03-02T08:00,2,bread,3")
NEW = "ada,2026-03-01T08:00,3,bread,4"


@pytest.fixture
def shop(client: Client, store_url: str) -> Client:
    """A client on each kind of database."""
    client.store = store_url
    return client


def traits(client: Client) -> dict[str, Any]:
    status, out, err = client.call("customers", "show", str(client.path), "ada", "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)["traits"]
    return found


def told(client: Client, command: str, at: str) -> str:
    status, out, err = client.call(command, str(client.path), "--at", at)
    assert status == 0, err
    return out


def test_dropped_events_are_gone_and_stay_gone(shop: Client) -> None:
    shop.write(TRAITS)
    shop.orders(*OLD, NEW)
    shop.run("2026-03-10")
    assert traits(shop)["n"] == 3
    shop.write(TRAITS + DROP)
    line = "retention: 2 events older than 2025-03-11 {} dropped"
    assert line.format("would be") in told(shop, "plan", "2026-03-11")
    assert line.format("were") in told(shop, "run", "2026-03-11")
    assert traits(shop) == {"n": 1, "spend": "4"}
    shop.orders(*OLD, NEW, "ada,2026-03-11T08:00,4,bread,5")
    out = told(shop, "run", "2026-03-12")
    assert "retention: 2 rows of events older than 2025-03-12 were left out" in out
    assert traits(shop) == {"n": 2, "spend": "9"}
    assert "too old to keep" in shop.call("sources", str(shop.path))[1]


def test_rolled_up_events_still_count_and_are_not_counted_again(shop: Client) -> None:
    shop.write(TRAITS + ROLL_UP)
    shop.orders(*OLD, NEW)
    assert "retention: 2 events older than 2025-03-10 were rolled up" in told(
        shop, "run", "2026-03-10"
    )
    assert traits(shop) == {"n": 3, "spend": "9"}
    shop.orders(*OLD, NEW, "ada,2026-03-11T08:00,4,bread,5")
    told(shop, "run", "2026-03-12")
    assert traits(shop) == {"n": 4, "spend": "14"}
    shop.write(TRAITS)  # what was rolled up counts for what it stands for, also without the word
    shop.orders(*OLD, NEW, "ada,2026-03-11T08:00,4,bread,5", "ada,2026-03-12T08:00,5,bread,6")
    told(shop, "run", "2026-03-13")
    assert traits(shop) == {"n": 5, "spend": "20"}


def test_a_plan_says_what_the_run_then_does_and_leaves_no_trace(shop: Client) -> None:
    shop.write(TRAITS + ROLL_UP + "segments: {s: {performed: order, at_least: 3}}\n")
    shop.orders(*OLD, NEW)
    planned, done = shop.plan("2026-03-10"), shop.run("2026-03-10")
    del planned["seconds"], done["seconds"]
    assert planned == done
    kept = {"then": "roll_up", "until": "2025-03-10T00:00:00Z", "events": 2}
    assert done["retained"] == kept
    assert set(done["ingested"]["orders"]) == {"customers", "events", "rejected"}


def test_a_new_source_may_bring_what_is_old(client: Client) -> None:
    client.write(TRAITS + ROLL_UP)
    client.orders(*OLD, NEW)
    client.run("2026-03-10")
    more = "sources: {more: {use: csv, path: more.csv, provides: events, event: order, "
    more += "map: {customer: customer, time: time, id: id, item: item, total: total}}}\n"
    (client.folder / "more.csv").write_text(
        "customer,time,id,item,total\nada,2024-03-03T08:00,1,cake,5\n", encoding="utf-8"
    )
    (client.folder / "base.yaml").write_text(client.path.read_text("utf-8"), encoding="utf-8")
    client.path.write_text(f"playbook: shop\nextends: base.yaml\n{more}", encoding="utf-8")
    client.run("2026-03-11")
    assert traits(client) == {"n": 4, "spend": "14"}
    (client.folder / "more.csv").write_text(
        "customer,time,id,item,total\nada,2024-03-03T08:00,1,cake,5.00\n", encoding="utf-8"
    )
    client.run("2026-03-12")
    assert traits(client) == {"n": 4, "spend": "14"}


def test_the_event_that_let_somebody_in_is_kept_as_long_as_they_are_inside(
    client: Client,
) -> None:
    client.write(
        TRAITS
        + "retention: {events: 30d}\n"
        + "journeys: {j: {when: {event: order}, steps: [{wait: 60d}, {send: hello}]}}\n"
    )
    client.orders("ada,2026-03-01T08:00,1,bread,2")
    client.run("2026-03-01T09:00Z")
    client.run("2026-04-15T09:00Z")
    assert traits(client)["n"] == 1
    assert client.run("2026-05-01T09:00Z")["decisions"]["sent"] == 1
    client.run("2026-05-02T09:00Z")
    assert traits(client)["n"] == 0


def test_a_number_that_is_given_again_lets_in_as_well(client: Client) -> None:
    """SQLite numbers events anew from the newest one on."""
    client.write(
        "retention: {events: 30d}\n"
        "journeys: {j: {when: {event: order}, misfire: {within: 20d}, steps: [{send: hello}]}}\n"
    )
    client.orders("ada,2026-03-01T08:00,1,bread,2")
    client.run("2026-03-01T09:00Z")
    client.run("2026-05-01T09:00Z")  # which drops the newest event
    late = "bob,2026-04-30T08:00,2,bread,2"
    client.orders("ada,2026-03-01T08:00,1,bread,2", late)
    assert client.entered("2026-05-01T10:00Z") == 1


def test_longer_retention_than_the_calendar_keeps_everything(client: Client) -> None:
    client.write(TRAITS + "retention: {events: 9999y}\n")
    client.orders(*OLD)
    client.run("2026-03-10")
    assert traits(client)["n"] == 2


def test_people_without_an_event_left_are_kept(client: Client) -> None:
    client.write(TRAITS + DROP)
    client.orders("eve,2024-03-01T08:00,1,bread,2")
    client.run("2026-03-10")
    rows = sqlite3.connect(client.folder / ".regulars" / "shop.db").execute(
        "SELECT key FROM customers ORDER BY key"
    )
    assert [key for (key,) in rows] == ["ada", "bob"]  # who only has old events is not made
