"""The rhythm in a playbook: who has a latte every Tuesday is written to on Monday evening."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.runs.conftest import Client

if TYPE_CHECKING:
    from pathlib import Path

REST = """
models:
  rhythm: {use: purchase-rhythm, event: order}
segments:
  late: {score: rhythm.overdue, at_least: 0.95}
  tuesdays: {score: rhythm.weekday, is: tuesday}
journeys:
  j:
    when: {date: score.rhythm.next_order, offset: -1d, at: "17:00"}
    steps: [{send: hello, via: mail}]
"""


@pytest.fixture
def cafe(tmp_path: Path) -> Client:
    """Ada's Tuesdays at 8 on her own clock, Bob's Fridays; Cora came once."""
    made = Client(tmp_path)
    made.people(
        "ada,ada@example.com,Paris,,Europe/Paris", "bob,bob@example.com,,,", "cora,c@example.com,,,"
    )
    tuesdays = [date(2026, 1, 6) + timedelta(weeks=week) for week in range(12)]
    made.orders(
        *(f"ada,{day}T07:10:00Z,a{day},latte,4" for day in tuesdays),
        *(f"bob,{day + timedelta(days=3)}T17:30:00Z,b{day},beer,5" for day in tuesdays),
        "cora,2026-03-01T12:00:00Z,c1,tea,2",
    )
    made.write(REST)
    return made


def test_the_guest_of_tuesdays_gets_mondays_message(cafe: Client) -> None:
    """Her last Tuesday was the 24th of March; in Paris it is 17 o'clock at 15 in UTC by then."""
    assert cafe.entered("2026-03-29T18:00Z") == 0
    assert cafe.entered("2026-03-30T14:50Z") == 0
    assert cafe.entered("2026-03-30T15:10Z") == 1
    assert cafe.told("ada") == ["hello"]
    assert cafe.told("bob") == []


def test_who_has_stopped_is_not_written_to_for_ever(cafe: Client) -> None:
    """She came no more after the 24th of March: the last message is that of the 6th of April."""
    cafe.run("2026-03-29T18:00Z")
    written = [cafe.entered(f"2026-{day}T15:10Z") for day in ("03-30", "04-06", "04-13", "04-20")]

    assert written == [1, 1, 0, 0]


def test_scores_stand_in_segments(cafe: Client) -> None:
    report = cafe.run("2026-04-02T12:00Z")

    assert report["models"]["rhythm"]["scored"] == 2
    assert {name: each["members"] for name, each in report["segments"].items()} == {
        "late": 1,
        "tuesdays": 1,
    }
    later = cafe.run("2026-04-20T12:00Z")
    assert later["segments"]["late"]["members"] == 2


def test_a_shop_that_just_opened_is_told_what_is_missing(cafe: Client) -> None:
    cafe.orders("ada,2026-03-01T12:00:00Z,a1,tea,2", "ada,2026-03-08T12:00:00Z,a2,tea,2")

    said = cafe.run("2026-03-10T12:00Z")["models"]["rhythm"]["missing"]

    assert said == (
        "Customers came back for another 'order' once so far, and a rhythm needs 20 such times."
        " Wait for more, or load older events."
    )
