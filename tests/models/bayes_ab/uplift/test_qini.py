"""The curve is of those who gain most, and its band of what chance does."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.bayes_ab.uplift.ordering import Order
from regulars_models.bayes_ab.uplift.qini import qini


def test_the_band_is_that_of_random_orders() -> None:
    random = np.random.default_rng(8)
    gain = random.normal(0.1, 1, 400)
    row = np.arange(400)
    drawn = [qini(Order(row, random.permutation(400) / 400, gain)) for _ in range(2000)]
    outside = np.mean([abs(each.coefficient) > each.band for each in drawn])
    assert outside == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 2000))
    middle = np.mean([(each.low < each.curve) & (each.curve < each.high) for each in drawn], axis=0)
    assert middle[10] == pytest.approx(0.95, abs=0.02)


def test_the_best_order_has_the_largest_coefficient_and_the_worst_its_opposite() -> None:
    gain = np.array([3.0, 1.0, 0.0, -2.0])
    rank = np.array([0.1, 0.3, 0.6, 0.9])
    best, worst = (qini(Order(np.arange(4), each, gain)) for each in (rank, -rank))
    assert best.coefficient == pytest.approx(-worst.coefficient)
    assert best.coefficient == pytest.approx((3 * 0.375 + 1 * 0.125 + 2 * 0.375) / 4)
    assert best.curve[-1] == worst.curve[-1] == pytest.approx(0.5)
