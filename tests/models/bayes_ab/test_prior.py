"""The width of the lift prior: what many experiments agree on, and little of what a few say."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.bayes_ab.prior import TAU, learn


def drawn(
    width: float, experiments: int, seed: int = 3, v: float = 1e-4
) -> list[tuple[float, float]]:
    chance = np.random.default_rng(seed)
    y = chance.normal(0, np.sqrt(width**2 + v), experiments)
    return [(each, v) for each in y.tolist()]


def test_without_experiments_it_is_five_per_cent() -> None:
    assert learn([]) == TAU == 0.05


def test_one_experiment_moves_it_little_however_large_its_effect() -> None:
    assert learn([(3.0, 1e-4)]) == pytest.approx(TAU, rel=0.15)


def test_one_odd_experiment_among_many_widens_nothing() -> None:
    many = drawn(0.03, 30)

    assert learn([*many, (2.0, 1e-4)]) < 1.25 * learn(many)


@pytest.mark.parametrize("width", [0.02, 0.2])
def test_few_move_it_less_than_many(width: float) -> None:
    few, some, many = (np.log(learn(drawn(width, n)) / TAU) for n in (3, 20, 200))

    assert 0 < abs(few) < abs(some) < abs(many)
    assert many == pytest.approx(np.log(width / TAU), abs=0.2)


def test_experiments_that_were_too_small_teach_nothing() -> None:
    assert learn([(0.4, 0.5)] * 20) == pytest.approx(TAU, rel=0.2)
    assert learn([(0.0, np.inf), (np.nan, 0.1)]) == TAU


def test_which_arm_was_called_the_control_makes_no_difference() -> None:
    pairs = drawn(0.1, 15)

    assert learn(pairs) == learn([(-y, v) for y, v in pairs]) == learn(pairs[::-1])
