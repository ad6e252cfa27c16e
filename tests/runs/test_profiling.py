"""A run tells where its time went, by stage and statement, on every database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.runs.conftest import Client

REST = "traits: {spend: {sum: order.total}}\nsegments: {big: {trait: spend, at_least: 10}}\n"


def test_the_slowest_statements_come_with_their_stage_and_plan(anywhere: Client) -> None:
    anywhere.orders("ada,2026-01-02,a1,roll,12")
    anywhere.write(REST)
    status, out, err = anywhere.call(
        *("run", str(anywhere.path), "--at", "2026-02-01", "--profile", "--explain", "--json")
    )
    assert status == 0, err
    profile = json.loads(out)["profile"]
    traits = [each for each in profile if each["stage"] in {"traits", "segments"}]

    assert profile == sorted(profile, key=lambda each: -each["seconds"])
    assert traits
    assert all(each["times"] >= 1 for each in profile)
    assert any("customer" in line for each in traits for line in each["plan"] or ())


def test_people_read_tables(client: Client) -> None:
    client.orders("ada,2026-01-02,a1,roll,12")
    client.write(REST)
    _, out, _ = client.call("run", str(client.path), "--at", "2026-02-01", "--profile")
    assert "Where the time went" in out
    assert "The slowest statements" in out
    assert "SCAN" not in out


def test_a_plan_is_of_a_profile(client: Client) -> None:
    client.write(REST)
    status, _, err = client.call("run", str(client.path), "--explain")
    assert status == 2
    assert "say both" in err
