"""Who gains from an arm is found where somebody does, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars_models.bayes_ab.uplift.ordering import Order, ordered
from regulars_models.bayes_ab.uplift.qini import qini

from .planted import planted, some, units

if TYPE_CHECKING:
    from regulars.hooks import GoalKind, Trial


def found(experiment: Trial) -> Order:
    return ordered(units(experiment))


@pytest.mark.parametrize("kind", ["conversion", "count", "revenue"])
def test_a_planted_difference_is_found(kind: GoalKind) -> None:
    curve = qini(found(planted(1, some, kind=kind)))
    assert curve.found
    assert curve.chance < 1e-3


def test_without_any_difference_it_is_found_no_more_often_than_promised() -> None:
    """2.5 % are above the band: 3 of 16 experiments are a chance in 140."""
    finds = [
        qini(found(planted(seed, effect, 500))).found
        for seed in range(8)
        for effect in (lambda v: 0 * v, lambda v: 0.1 + 0 * v)
    ]
    assert sum(finds) <= 2


def test_equal_data_give_equal_orders() -> None:
    first, second = found(planted(3, some, 500)), found(planted(3, some, 500))
    assert first.gain.tolist() == second.gain.tolist()
    assert first.rank.tolist() == second.rank.tolist()


def test_where_less_is_better_those_with_the_largest_fall_come_first() -> None:
    experiment = planted(5, lambda v: -0.1 * (v > 0.5), 6000, better="less")
    answer = found(experiment)
    curve = qini(answer)
    assert curve.curve[-1] > 0
    first = answer.row[answer.rank < 0.3]
    assert (experiment.units.traits["visits"][first] > 0.5).mean() > 0.6


def test_the_gains_add_up_to_the_effect() -> None:
    experiment = planted(6, lambda v: 0.1 + 0 * v, 6000)
    total = qini(found(experiment)).curve[-1]
    assert total == pytest.approx(0.1, abs=0.03)
