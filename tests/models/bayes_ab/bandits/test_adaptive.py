"""A bandit's data are read fairly: where plain means see lifts that aren't there, weights don't."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars_models.bayes_ab.bandits import adaptive
from regulars_models.bayes_ab.bandits.bandit import allocate, thompson
from regulars_models.bayes_ab.effects import Effects, measured
from regulars_models.bayes_ab.evidence import evidence
from regulars_models.bayes_ab.measures import Conversions, Statistics, per_unit, statistics

from tests.models.bayes_ab.planted import converted, measure, nothing, trial, under_a_bandit

if TYPE_CHECKING:
    from regulars.hooks import Trial

RUNS = 60
ERROR = 3 * np.sqrt(0.05 * 0.95 / RUNS)


def fairly(experiment: Trial) -> Statistics:
    outcome, arms = experiment.outcomes[0], len(experiment.arms)
    seen = adaptive.weighed(experiment, per_unit(experiment, outcome))
    return statistics(outcome, seen, arms)


def wrongness(effects: Effects, truth: float) -> float:
    """By how many standard errors the log ratio of the first two arms is off."""
    return float((effects.y[1] - effects.y[0] - truth) / np.sqrt(effects.v[:2].sum()))


def simulate(rates: tuple[float, ...], *, waiting: float) -> tuple[list[float], list[float]]:
    """Thompson sampling with delays, sales being low in the first week: the naive and the fair.

    The result is read ``waiting`` days after the last unit was exposed.
    """
    naive, fair = [], []
    truth = float(np.log(rates[1] / rates[0]))
    for seed in range(RUNS):
        at = under_a_bandit(
            np.random.default_rng(seed),
            rates,
            partial(allocate, thompson, 0.05),
            days=14,
            a_day=150,
            season=lambda day: 0.4 if day < 7 else 1.6,
        )
        experiment = at(14 + waiting)
        outcome = experiment.outcomes[0]
        plain = measured(experiment.arms, measure(experiment, outcome))
        naive.append(wrongness(plain, truth))
        fair.append(wrongness(measured(experiment.arms, fairly(experiment)), truth))
    return naive, fair


@pytest.mark.parametrize("rates", [(0.1, 0.1), (0.1, 0.13)])
def test_intervals_cover_under_thompson_with_delays_where_the_naive_fail(
    rates: tuple[float, float],
) -> None:
    naive, fair = simulate(rates, waiting=7)
    missed = [float(np.mean(np.abs(each) > 1.96)) for each in (naive, fair)]
    assert missed[0] > 0.3
    assert missed[1] <= 0.05 + ERROR
    assert np.std(fair) == pytest.approx(1, abs=0.3)


def test_it_holds_also_while_windows_are_open_and_with_three_arms() -> None:
    naive, fair = simulate((0.1, 0.1, 0.1), waiting=1)
    assert np.mean(np.abs(naive) > 1.96) > 0.2
    assert np.mean(np.abs(fair) > 1.96) <= 0.05 + ERROR


def test_equal_probabilities_count_every_unit_once() -> None:
    random = np.random.default_rng(4)
    arms = random.integers(0, 2, 500)
    experiment = converted(arms.tolist(), (random.random(500) < 0.2).tolist())
    plain = measure(experiment, experiment.outcomes[0])
    fair = fairly(experiment)
    for name, values in vars(plain).items():
        assert getattr(fair, name) == pytest.approx(values)


def test_a_rare_arm_is_worth_fewer_units_than_it_has() -> None:
    probability = np.array([0.05, 0.5, 0.5, 0.5] * 25)
    experiment = trial([1] * 100, [0.0] * 100, nothing(), probability=probability.tolist())
    found = fairly(experiment)
    assert isinstance(found, Conversions)
    assert 1 < found.n[1] < 100


def test_windows_that_are_open_are_left_out() -> None:
    experiment = trial([0, 1, 0, 1], [0.0, 1.0, 5.0, 6.0], nothing(), now=8)
    found = fairly(experiment)
    assert found.n.tolist() == [1, 1]


def test_nobody_one_arm_and_sure_things_give_numbers() -> None:
    for arms, probability in (([], []), ([0] * 3, [1.0] * 3), ([0, 1], [1e-12, 1.0])):
        experiment = trial(arms, [0.0] * len(arms), nothing(), probability=probability)
        found = measured(experiment.arms, fairly(experiment))
        assert np.isfinite(found.y).all()
        assert not np.isnan(found.v).any()


def test_both_arms_of_two_weigh_the_same_moments_alike() -> None:
    """So a busy day makes neither look better: e · w(e) is the same with e and with 1 - e."""
    e = np.linspace(0.05, 0.95, 19)
    there = e * adaptive.moments(e, 2)
    assert there == pytest.approx((1 - e) * adaptive.moments(1 - e, 2))


def test_the_rate_that_is_told_is_that_of_the_analysis() -> None:
    """The arm was given rarely in a good week and often in a bad one: plain means call it bad."""
    arms = np.repeat([1, 0, 0, 1], [10, 90, 10, 90])
    offered = np.repeat([0.1, 0.9], 100)
    who = (np.arange(200) < 100) & (np.arange(200) % 2 == 0)
    probability = np.where(arms == 1, offered, 1 - offered)
    experiment = converted(arms, who, probability=probability)
    found = evidence(replace(experiment, adaptive=True), experiment.outcomes[0])
    fair = fairly(experiment)
    assert isinstance(fair, Conversions)

    assert found.value == pytest.approx(fair.x / fair.n)
    assert found.value == pytest.approx([0.25, 0.25], abs=1e-9)
    assert evidence(experiment, experiment.outcomes[0]).value == pytest.approx([0.45, 0.05])
    assert found.units.tolist() == [100, 100]
