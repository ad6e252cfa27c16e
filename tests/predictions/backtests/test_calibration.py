"""Whether much came of those of whom much was expected, with what chance can do."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from regulars.predictions.backtests.calibration import calibration, curve


def test_ten_bins_hold_everybody_from_least_to_most() -> None:
    chance = np.random.default_rng(1)
    expected = chance.random(1003)
    actual = (chance.random(1003) < expected).astype(float)
    bins = calibration("any", expected, actual)

    assert [each.customers for each in bins] == pytest.approx([100.3] * 10, abs=1)
    assert sum(each.customers * each.expected for each in bins) == pytest.approx(expected.sum())
    assert sum(each.customers * each.actual for each in bins) == pytest.approx(actual.sum())
    assert all(one.expected < other.expected for one, other in pairwise(bins))
    assert all(0 <= each.low <= each.actual <= each.high <= 1 for each in bins)


def test_customers_of_whom_equally_much_was_expected_are_in_one_bin() -> None:
    expected = np.repeat([0.1, 0.7], [90, 10])
    bins = calibration("any", expected, np.zeros(100))
    assert [each.customers for each in bins] == [90, 10]
    assert [each.expected for each in bins] == pytest.approx([0.1, 0.7])


def test_the_interval_of_a_share_is_wilsons() -> None:
    (found,) = calibration("none", np.full(10, 0.5), np.repeat([1.0, 0.0], [8, 2]))
    assert (found.low, found.high) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_the_interval_of_a_mean_is_students() -> None:
    (found,) = calibration("events", np.full(5, 2.0), np.array([1.0, 2, 3, 4, 5]))
    half = 2.776445105 * np.sqrt(2.5 / 5)
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half))


def test_where_nothing_came_more_could_have() -> None:
    """None of 50 may be one of 14 still, and whoever comes brings 4 elsewhere."""
    expected, actual = np.repeat([0.0, 4.0], 50), np.repeat([0.0, 4.0], 50)
    nothing, _ = calibration("sum", expected, actual)
    assert (nothing.low, nothing.actual) == (0, 0)
    assert nothing.high == pytest.approx(4 * (1 - 0.025 ** (1 / 50)))


def test_the_intervals_cover_as_often_as_they_say() -> None:
    chance = np.random.default_rng(5)
    covered = []
    for _ in range(400):
        counts = chance.negative_binomial(2, 0.4, 200).astype(float)
        (found,) = calibration("events", np.full(200, 3.0), counts)
        covered.append(found.low <= 3 <= found.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def test_one_customer_alone_has_no_bin() -> None:
    assert calibration("events", np.ones(1), np.ones(1)) == ()
    assert [each.customers for each in calibration("sum", np.arange(3.0), np.arange(3.0))] == [3]


def test_the_curve_goes_from_the_most_expected_to_everybody() -> None:
    found = np.array(curve(np.arange(100.0), np.repeat([0.0, 1.0], [50, 50])))
    assert found[0].tolist() == [0, 0, 0]
    assert found[-1].tolist() == [1, 1, 1]
    assert found[10].tolist() == pytest.approx([0.5, (4950 - 1225) / 4950, 1])
    assert (np.diff(found, axis=0) >= 0).all()


def test_the_curve_of_a_constant_is_a_straight_line() -> None:
    found = np.array(curve(np.ones(40), np.repeat([0.0, 1.0], [20, 20])))
    assert np.allclose(found, found[:, :1])


@pytest.mark.parametrize(
    ("expected", "actual"), [([0.0, 0.0], [1.0, 0.0]), ([1.0, 2.0], [0.0, 0.0]), ([1.0], [-1.0])]
)
def test_shares_of_nothing_have_no_curve(expected: list[float], actual: list[float]) -> None:
    assert curve(np.array(expected), np.array(actual)) == ()
