"""Whether customers are still as they were when the model learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars.predictions.drift import allowance, drifts, stability
from regulars.predictions.spread import Lay, Numbers, Spread, counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def told(then: Floats, now: Floats, bound: float = 0.25) -> list[str]:
    spread = Numbers({"spend": then}, {}).spread()
    return [each.told for each in drifts(spread, Numbers({"spend": now}, {}), bound)]


def test_the_index_is_that_of_the_textbooks() -> None:
    """Half and half became a fifth and four fifths: .3 ln 4 = .41589, but for a customer."""
    lay = Lay(1_000_000, (0.0,), (0.5, 0.5, 0.0), 0.0)
    now = np.array([200_000.0, 800_000, 0])
    assert stability(lay, now) == pytest.approx(0.3 * np.log(4), abs=1e-4)
    assert stability(lay, np.array([500_000.0, 500_000, 0])) == pytest.approx(0, abs=1e-9)


def test_tenths_part_what_is_known_and_what_many_share_is_one_part() -> None:
    lay = Lay.of(np.array([*np.arange(10.0), np.nan, np.inf]))
    assert lay.edges == (0, 1, 2, 3, 4, 5, 6, 7, 8)
    assert lay.shares == pytest.approx([1 / 12] * 10 + [2 / 12])
    assert Lay.of(np.repeat([0.0, 5.0], [95, 5])).edges == (0,)
    assert Lay.of(np.repeat([0.0, 5.0], [95, 5])).shares == pytest.approx((0.95, 0.05, 0))
    assert Lay.of(np.full(3, np.nan)).shares == (0, 1)
    assert Lay.of(np.empty(0)).middle is None


def test_what_moved_is_told_with_from_what_to_what() -> None:
    chance = np.random.default_rng(0)
    then = chance.normal(10, 2, 5_000)
    (moved,) = told(then, then + 2)
    assert moved.startswith("spend drifted: its median went from 9.94 to 11.9 since it learned")
    (lost,) = told(then, np.where(chance.random(5_000) < 0.5, np.nan, then))
    assert "it was unknown of 0% of all customers, and is of 50%" in lost
    (wider,) = told(np.round(then, 9), np.where(then > 10, then + 3, then))
    assert "above 12.6 had 10% of all customers, and 49% since" in wider


@pytest.mark.parametrize("customers", [3, 30, 100, 1_000])
def test_without_a_drift_there_is_no_false_alarm(customers: int) -> None:
    """1,000 stores, each with another few customers at every look: none is told of a drift."""
    chance, alarms = np.random.default_rng(customers), 0
    for _ in range(1_000):
        sizes = [customers, int(chance.integers(customers // 2, 2 * customers))]
        then, now = (chance.gamma(0.7, 20, size) for size in sizes)
        alarms += len(told(then, now)) + len(told(np.round(then, -1), np.round(now, -1)))
    assert alarms == 0


@pytest.mark.parametrize(("customers", "shift"), [(30, 9.0), (300, 2.0), (20_000, 1.0)])
def test_a_planted_drift_is_found(customers: int, shift: float) -> None:
    chance = np.random.default_rng(customers)
    found = [
        bool(told(chance.normal(0, 1, customers), chance.normal(shift, 1, customers)))
        for _ in range(50)
    ]
    assert np.mean(found) > 0.95


def test_the_allowance_is_what_chance_does() -> None:
    """Of equal samples one in 10,000 is beyond it: of 5,000, a handful at most."""
    chance, beyond = np.random.default_rng(7), 0
    for _ in range(5_000):
        then = Lay.of(chance.random(200))
        now = counts(chance.random(300), then.edges)
        beyond += stability(then, now) > allowance(then, now)
    assert beyond <= 5


def test_what_was_not_there_and_nobody_are_passed_over() -> None:
    assert drifts(Spread(), Numbers({"new": np.ones(9)}, {"s": np.ones(9)}), 0.1) == []
    assert told(np.empty(0), np.ones(9)) == []
    assert told(np.ones(9), np.empty(0)) == []
    assert told(np.ones(900), np.ones(9)) == []


def test_a_spread_is_kept_as_it_was() -> None:
    spread = Numbers({"a": np.arange(50.0)}, {"b": np.full(3, np.nan)}).spread()
    assert Spread.from_json(spread.as_json()) == spread
