from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from regulars_models.explaining import shapley

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def crooked(rows: Floats) -> Floats:
    return np.asarray(np.tanh(rows[:, 0] * rows[:, 1]) + rows[:, 2] ** 2 * rows[:, 0])


@pytest.mark.parametrize("inputs", [1, 5, 12, 20])
def test_of_a_linear_function_each_input_has_its_own_term(inputs: int) -> None:
    random = np.random.default_rng(1)
    weights, row, typical = random.normal(size=(3, inputs))
    shares = shapley(lambda rows: rows @ weights + 7, row, typical)
    assert shares == pytest.approx(weights * (row - typical))


def test_the_shares_are_the_mean_over_all_orders_of_putting_the_inputs_in() -> None:
    row, typical = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 1.0])
    expected, orders = np.zeros(3), list(permutations(range(3)))
    for order in orders:
        at = typical.copy()
        for place in order:
            before = crooked(at[None])[0]
            at[place] = row[place]
            expected[place] += crooked(at[None])[0] - before
    assert shapley(crooked, row, typical) == pytest.approx(expected / len(orders))


@pytest.mark.parametrize("inputs", [3, 12, 15])
def test_the_shares_add_up_to_the_difference(inputs: int) -> None:
    row, typical = np.random.default_rng(2).normal(size=(2, inputs))
    difference = crooked(row[None])[0] - crooked(typical[None])[0]
    assert shapley(crooked, row, typical).sum() == pytest.approx(difference)


def test_many_inputs_come_near_to_their_exact_shares() -> None:
    row, typical = np.random.default_rng(3).normal(size=(2, 16))
    shares = shapley(crooked, row, typical)
    assert shares[:3] == pytest.approx(shapley(crooked, row[:3], typical[:3]), abs=0.05)
    assert shares[3:] == pytest.approx(0)


def test_what_is_as_usual_has_no_share_and_the_unknown_may_have_one() -> None:
    def known(rows: Floats) -> Any:
        return np.nan_to_num(rows, nan=-1.0).sum(axis=1)

    shares = shapley(known, [np.nan, np.nan, 4.0], [2.0, np.nan, 4.0])
    assert shares.tolist() == [-3, 0, 0]
    assert shapley(known, [1.0], [1.0]).tolist() == [0]
