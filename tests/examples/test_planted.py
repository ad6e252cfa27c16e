"""What is planted in the Corner Bakery comes out of its experiments.

Two plays of few people are played here; of 200 there is what ``bench/planted.py`` measured.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.benches import benchmark

ROOT = Path(__file__).parents[2]
VERDICTS = {"winner", "equivalent", "keep going", "stopped without an answer"}


@pytest.fixture(scope="module")
def bench() -> Any:
    return benchmark("planted")


@pytest.fixture(scope="module")
def measured(bench: Any) -> Any:
    """What was measured last."""
    return json.loads(bench.DATA.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plays(bench: Any) -> Any:
    """Two towns of 250 people, played through March."""
    return [bench.played(seed, 250) for seed in (1, 2)]


def test_a_play_gives_arms_to_those_who_are_written_to(bench: Any, plays: Any) -> None:
    for play in plays:
        assert play.keys() == bench.ARMS.keys()
        for reading in play.values():
            control, arm = reading["units"]
            assert control > 5
            assert arm > 5
            assert reading["verdict"] in VERDICTS


def test_the_arms_differ_from_town_to_town(plays: Any) -> None:
    one, other = ([reading["units"] for reading in play.values()] for play in plays)

    assert one != other


def test_so_few_people_can_only_find_what_is_large(plays: Any) -> None:
    assert all(reading["can_find"] > 0.5 for play in plays for reading in play.values())


def test_the_same_seed_gives_the_same_play(bench: Any, plays: Any) -> None:
    assert bench.played(1, 250) == plays[0]


def test_messages_change_what_customers_do(bench: Any) -> None:
    """The effects as they are planted: who reads, where they live, and for how long."""
    play_on, simulate = bench.play_on, bench.simulate
    people = simulate.everybody(bench.play_on.random.Random(1), 400)
    today = date(2026, 3, 10)
    evening, hurry, coffee = (
        next(effect for effect in play_on.EFFECTS if effect.words in words)
        for words in ("open until nine", "only this weekend", "coffee is on us")
    )
    for who in people:
        usual = play_on.appetite(who, today, set())
        nearer = evening.times if play_on.near(who) else 1
        assert play_on.appetite(who, today, {evening}) == pytest.approx(usual * nearer)
        assert play_on.appetite(who, today, {hurry}) == pytest.approx(usual * hurry.times)
        if today > who.until:
            assert usual == 0
            assert play_on.appetite(who, today, {coffee}) == play_on.REMINDED * coffee.times
    assert 0.05 < sum(map(play_on.near, people)) / len(people) < 0.3


def test_a_message_works_for_two_weeks_from_the_day_after(bench: Any, tmp_path: Path) -> None:
    run = tmp_path / "outbox" / "20260302T173000Z-1"
    run.mkdir(parents=True)
    (run / "c001-coffee_on_us-0a.txt").write_text("To: +1\n\nThe next coffee is on us.\n")
    (run / "c002-weekend_letter-0b.eml").write_bytes(
        b"To: a@example.com\r\nSubject: =?utf-8?q?Only?=\r\n =?utf-8?q?_this_weekend!?=\r\n\r\n..."
    )
    letters = bench.play_on.Letters(tmp_path / "outbox")
    letters.read()
    one, two, three = bench.simulate.everybody(bench.play_on.random.Random(1), 3)[:3]

    def said(who: Any, day: int) -> list[str]:
        return [each.words for each in letters.remembered(who, date(2026, 3, day))]

    assert [said(one, day) for day in (2, 3, 16, 17)] == [[], *2 * [["coffee is on us"]], []]
    assert said(two, 3) == ["only this weekend"]
    assert said(three, 3) == []


# ------------------------------------------------------------------ what was measured of 200 plays


def most(share: float, seeds: int) -> float:
    """What a rate of ``share`` hardly exceeds in so many plays."""
    return float(share + 3 * (share * (1 - share) / seeds) ** 0.5)


def least(share: float, seeds: int) -> float:
    return 2 * share - most(share, seeds)


def test_the_winner_is_found_as_often_as_its_readings_announce(measured: Any) -> None:
    row, seeds = measured["experiments"]["winback_offer"], measured["seeds"]

    assert seeds >= 200
    assert least(row["announced"], seeds) <= row["wins"] <= most(row["announced"], seeds)
    assert row["loses"] <= most(0.005, seeds)


def test_where_there_is_nothing_a_winner_is_called_as_seldom_as_agreed(measured: Any) -> None:
    row = measured["experiments"]["oven_words"]

    assert row["wins"] + row["loses"] <= most(0.05, measured["seeds"])


def test_the_loser_never_wins_and_is_found_as_often_as_announced(measured: Any) -> None:
    row, seeds = measured["experiments"]["weekend_tone"], measured["seeds"]

    assert row["wins"] == 0
    assert least(row["announced"], seeds) <= row["loses"] <= most(row["announced"], seeds)


def test_an_effect_in_a_segment_is_found_there_and_nowhere_else(measured: Any) -> None:
    row, seeds = measured["experiments"]["late_opening"], measured["seeds"]
    near, far = row["segments"]["neighbours"], row["segments"]["farther_away"]

    assert near["better"] > 0.3
    assert near["worse"] == 0
    assert far["better"] + far["worse"] <= most(0.05, seeds)
    assert row["wins"] <= most(row["announced"], seeds)


def test_the_documentation_says_what_was_measured(bench: Any, measured: Any) -> None:
    page = bench.PAGE.read_text(encoding="utf-8")

    assert bench.section(measured).strip() in page
