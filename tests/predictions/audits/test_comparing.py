"""Whether groups are treated alike, beyond what chance does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars.hooks import Foresees
from regulars.predictions.audits.alarms import alarms, reliefs
from regulars.predictions.audits.comparing import Selection, distribution, foretold, selection
from regulars.predictions.audits.groups import Groups
from regulars.predictions.backtests.intervals import of_mean, of_ratio, of_share
from regulars.predictions.backtests.quality import Held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.hooks import Measure


def two(first: int, second: int) -> Groups:
    return Groups(("Rome", "Oslo"), np.repeat([0, 1], [first, second]).astype(np.int64))


def chosen(first: tuple[int, int], second: tuple[int, int]) -> Selection:
    """Of two groups so many are in the segment, of so many."""
    inside = np.concatenate([np.arange(count) < did for did, count in (first, second)])
    return selection("keen", inside, two(first[1], second[1]))


def test_a_rate_below_four_fifths_beyond_chance_differs() -> None:
    found = chosen((300, 1000), (200, 1000))
    assert (found.verdict, found.highest) == ("differs", "Rome")
    assert found.groups[0].ratio is None
    assert found.groups[1].ratio == pytest.approx(2 / 3)
    (said,) = alarms("city", [found], {})
    assert said.startswith("keen holds 20.0% of Oslo and 30.0% of Rome: 0.67 times as many (0.5")
    assert list(reliefs("city", [found])) == []


def test_the_same_rates_of_few_are_left_open() -> None:
    found = chosen((15, 50), (10, 50))
    assert found.verdict == "open"
    assert list(alarms("city", [found], {})) == []
    (said,) = reliefs("city", [found])
    assert said == (
        "keen: there is too little data to tell whether it holds at least 0.8 times as many of "
        "Oslo as of Rome."
    )


def test_equal_rates_of_many_are_alike_and_nobody_is_nothing_to_compare() -> None:
    assert chosen((300, 1000), (305, 1000)).verdict == "alike"
    nobody = chosen((0, 1000), (0, 1000))
    assert (nobody.verdict, nobody.highest) == ("open", None)
    (said,) = reliefs("city", [nobody])
    assert "nobody is in it" in said


def test_many_groups_that_are_alike_raise_few_alarms() -> None:
    chance = np.random.default_rng(4)
    groups = Groups(tuple("abcdefgh"), np.repeat(np.arange(8), 100))
    alarmed = sum(
        selection("keen", chance.random(800) < 0.5, groups).verdict == "differs" for _ in range(400)
    )
    assert alarmed <= 4


def held(measure: Measure, expected: float, actual: Sequence[float]) -> Held:
    count, foreseen = len(actual), Foresees("order", 1, measure)
    said = np.full(count, expected)
    return Held("chance", foreseen, 0, 1, np.arange(count), said, np.array(actual))


def test_a_score_that_is_off_for_one_group_is_told_of_that_one() -> None:
    came = held("any", 0.5, [1, 0] * 50 + [1, 0, 0, 0] * 25)
    rows = foretold(came, two(100, 100).of, ("Rome", "Oslo"))
    assert [row.off for row in rows] == [False, True]
    assert rows[1].actual == 0.25
    (said,) = alarms("city", [], {"chance": rows})
    assert said.startswith("chance is off for Oslo: 0.5 was expected of a customer and 0.25 came")


def test_a_count_has_an_error_with_an_interval_and_a_few_have_nothing() -> None:
    came = held("events", 2, [1, 3] * 20 + [2] * 5)
    rome, oslo = foretold(came, two(40, 5).of, ("Rome", "Oslo"))
    assert (rome.expected, rome.actual, rome.error, rome.off) == (2, 2, 1, False)
    assert (oslo.customers, oslo.expected, oslo.off) == (5, None, False)


def test_scores_are_told_by_group_where_enough_have_one() -> None:
    scores = np.concatenate([np.linspace(0, 1, 101), np.full(30, np.nan)])
    rome, oslo = distribution(scores, two(101, 30))
    assert (rome.scored, rome.quartiles) == (101, (0.25, 0.5, 0.75))
    assert rome.mean == pytest.approx(0.5)
    assert (oslo.customers, oslo.scored, oslo.mean, oslo.quartiles) == (30, 0, None, None)


def test_intervals_are_those_of_the_books() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), 857-872: 81 of 263 and 0 of 20 by the score method
    assert of_share(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert of_share(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert of_mean(np.array([1.0, 2, 3, 4, 5]), 1) == pytest.approx((1.0368, 4.9632), abs=5e-5)
    assert of_mean(np.zeros(100), 2) == pytest.approx((0, 2 * 0.0362), abs=1e-4)
    low, high = of_ratio((0, 50), (0, 50))
    assert low * high == pytest.approx(1)
    assert of_ratio((0, 50), (40, 50))[1] < 0.2
