"""Goals: what counts of what units did, from when on, until when, and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from regulars.store import set_rolled_up_until

from tests.experiments.lab import DAY, day, open_lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from regulars.hooks import Happened

    from tests.experiments.lab import Lab

WITHIN = {"id": "g", "within": "14d"}


@pytest.fixture
def lab(store_url: str, tmp_path: Path) -> Iterator[Lab]:
    made = open_lab(store_url, tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Lab]:
    made = open_lab(sqlite_url, tmp_path)
    yield made
    made.store.close()


def days(happened: Happened) -> list[float]:
    return [float(at - day(0)) / DAY for at in happened.at]


def measured(lab: Lab, goal: Mapping[str, Any], at: float = 30) -> Happened:
    lab.experiments(x={"goals": [WITHIN | dict(goal)]})
    return lab.trial(at).outcomes[0].happened


def test_events_count_after_the_exposure_until_the_window_ends_or_it_is_now(lab: Lab) -> None:
    lab.expose("ada", "offer", 1)
    lab.expose("bob", "control", 10)
    tick = 1 / DAY
    for at in (0.5, 1, 1 + tick, 15, 15 + tick):
        lab.event("ada", at)
    for at in (9, 12, 20):
        lab.event("bob", at)
    lab.event("ada", 3, "visit")
    lab.event("eve", 3)
    happened = measured(lab, {"performed": "order"}, at=12)
    assert days(happened) == pytest.approx([1 + tick, 12])
    assert happened.unit.tolist() == [0, 1]
    assert days(measured(lab, {"performed": "order"})) == pytest.approx([1 + tick, 12, 15, 20])


def test_where_narrows_as_it_does_in_traits(lab: Lab) -> None:
    where = {"item": {"in": ["bread", "roll"]}, "total": {"at_least": 2}}
    goal = {"count": "order", "where": where}
    measured(lab, goal)
    lab.expose("ada", "offer")
    for item, total in (("bread", 2), ("bread", 1.99), ("cake", 5), ("roll", None), ("roll", 9)):
        lab.event("ada", 1, item=item, total=total)
    assert len(measured(lab, goal).at) == 2


def test_amounts_are_in_their_own_unit_and_what_has_none_is_left_out(lab: Lab) -> None:
    measured(lab, {"sum": "order.total"})
    lab.expose("ada", "offer")
    lab.event("ada", 1, total=12.34)
    lab.event("ada", 2, total=-1)
    lab.event("ada", 3)
    assert measured(lab, {"sum": "order.total"}).amount.tolist() == [12.34, -1]
    assert measured(lab, {"average": "order.total"}).amount.tolist() == [12.34, -1]
    assert measured(lab, {"count": "order"}).amount.tolist() == [1, 1, 1]


def test_a_ratio_is_a_sum_against_another_or_against_how_often(lab: Lab) -> None:
    where = {"item": {"is": "bread"}}
    often = WITHIN | {"ratio": "order.total", "to": "order", "where": where}
    visits = WITHIN | {"id": "h", "ratio": "order.total", "to": "visit", "where": where}
    items = WITHIN | {"id": "i", "ratio": "order.total", "to": "order.items"}
    lab.experiments(x={"goals": [often, visits, items]})
    lab.expose("ada", "offer")
    lab.event("ada", 1, item="bread", total=3, items=2)
    lab.event("ada", 2, item="bread")
    lab.event("ada", 3, item="cake", total=50, items=1)
    lab.event("ada", 4, "visit")
    first, second, third = lab.trial(9).outcomes
    assert first.happened.amount.tolist() == second.happened.amount.tolist() == [3]
    assert first.against is not None
    assert first.against.amount.tolist() == [1, 1]
    assert second.against is not None
    assert days(second.against) == [4]
    assert third.against is not None
    assert third.against.amount.tolist() == [2, 1]
    assert [outcome.goal.kind for outcome in (first, second, third)] == ["ratio"] * 3
    assert first.goal.noun == "order.total per order"


def test_a_goal_is_told_as_it_is_written(desk: Lab) -> None:
    goals = [
        WITHIN | {"id": "a", "performed": "order"},
        WITHIN | {"id": "b", "time_to": "order", "within": "6h"},
        WITHIN | {"id": "c", "average": "review.stars", "better": "less"},
        WITHIN | {"id": "d", "count": "message.clicked"},
    ]
    desk.experiments(x={"goals": goals})
    told = [outcome.goal for outcome in desk.trial(1).outcomes]
    assert [goal.kind for goal in told] == ["conversion", "time", "mean", "count"]
    assert [goal.better for goal in told] == ["more", "less", "less", "more"]
    assert [goal.within / DAY for goal in told] == [14, 0.25, 14, 14]
    assert [goal.noun for goal in told] == ["order", "order", "review.stars", "message.clicked"]


def test_what_was_rolled_up_counts_as_often_as_it_happened(lab: Lab) -> None:
    measured(lab, {"sum": "order.total"})
    lab.expose("ada", "offer")
    lab.event("ada", 2, times=3, total=30)
    lab.event("ada", 4, total=5)
    with lab.store.transaction() as connection:
        set_rolled_up_until(connection, day(3))
    assert measured(lab, {"sum": "order.total"}).amount.tolist() == [10, 10, 10, 5]
    assert days(measured(lab, {"count": "order"})) == [2, 2, 2, 4]


def test_nothing_that_ever_happened_is_no_error(desk: Lab) -> None:
    desk.expose("ada", "offer")
    assert len(measured(desk, {"performed": "order"}).at) == 0
    assert len(measured(desk, {"sum": "order.total"}).at) == 0
