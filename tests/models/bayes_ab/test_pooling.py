"""Small segments borrow strength; a large one that differs is believed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars_models.bayes_ab.pooling import Pooled, by_segment, pool

from tests.models.bayes_ab.planted import converted, nothing, trial

if TYPE_CHECKING:
    from regulars_models.bayes_ab.measures import Floats

TAU = 0.1

read = partial(by_segment, finds=np.sqrt)


def middle(found: Pooled) -> Floats:
    """The mean of each segment's log ratio."""
    return np.asarray(found.weights @ found.means)


def pooled_means(d: list[float], v: list[float], tau: float = TAU) -> Floats:
    return middle(pool(np.array(d), np.diag(v), tau))


def test_a_small_segment_is_drawn_to_the_others_further_than_a_large_one() -> None:
    small, large, *_ = pooled_means([0.3, 0.3, 0.0, 0.0, 0.0], [0.04, 0.0004, 1e-4, 1e-4, 1e-4])
    assert 0 < small < 0.15 < large < 0.3


def test_a_segment_without_data_is_told_by_the_others() -> None:
    found = pool(np.array([0.1, 0.1, 0.0]), np.diag([1e-4, 1e-4, np.inf]), TAU)
    assert middle(found)[2] == pytest.approx(0.1, abs=0.02)
    sds = found.quantile(0.84) - middle(found)
    assert sds[2] > 2 * sds[0]


def test_it_is_what_sampling_the_model_gives() -> None:
    """Against draws of mu, sigma and theta from their priors, weighted by the likelihood."""
    random = np.random.default_rng(3)
    d, v, draws = np.array([0.12, -0.05, 0.2]), np.array([0.004, 0.003, 0.01]), 400_000
    mu, sigma = random.normal(0, TAU, draws), np.abs(random.normal(0, TAU, draws))
    theta = mu[:, None] + sigma[:, None] * random.normal(size=(draws, 3))
    weight = np.exp(-((d - theta) ** 2 / v).sum(axis=1) / 2)
    found = pool(d, np.diag(v), TAU)
    assert middle(found) == pytest.approx(weight @ theta / weight.sum(), abs=0.002)
    assert found.above(0.0) == pytest.approx(weight @ (theta > 0) / weight.sum(), abs=0.01)


def test_the_quantile_and_the_probability_above_it_add_up_to_one() -> None:
    found = pool(np.array([0.1, -0.2]), np.diag([0.01, 0.02]), TAU)
    for p in (0.025, 0.5, 0.9):
        assert 1 - found.above(found.quantile(p)) == pytest.approx(p, abs=1e-9)


def test_the_same_customers_in_two_segments_are_one_witness() -> None:
    twice = pool(np.array([0.1, 0.1]), np.full((2, 2), 0.01), TAU)
    apart = pool(np.array([0.1, 0.1]), np.diag([0.01, 0.01]), TAU)
    assert middle(twice)[0] < middle(apart)[0]
    assert np.isfinite(middle(twice)).all()


def test_intervals_cover_segments_drawn_from_the_prior() -> None:
    random = np.random.default_rng(11)
    inside, runs, v = 0, 150, np.array([0.02, 0.005, 0.001, 0.01])
    for _ in range(runs):
        sigma = abs(random.normal(0, TAU))
        theta = random.normal(0, TAU) + sigma * random.normal(size=4)
        found = pool(theta + random.normal(size=4) * np.sqrt(v), np.diag(v), TAU)
        inside += int(((found.quantile(0.025) < theta) & (theta < found.quantile(0.975))).sum())
    assert inside / (4 * runs) == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / (4 * runs)))


def test_an_effect_in_one_segment_only_is_found_there() -> None:
    random = np.random.default_rng(5)
    arms = random.integers(0, 2, 40_000)
    young = random.random(40_000) < 0.5
    who = random.random(40_000) < 0.1 + 0.05 * (arms == 1) * young
    experiment = converted(
        arms, who, segments={"young": young, "old": ~young, "none": np.zeros(40_000, bool)}
    )
    lifts = {each.segment: each for each in read(experiment, experiment.outcomes[0], 0.1)}
    assert list(lifts) == ["young", "old"]
    assert lifts["young"].low > 0.2
    assert lifts["old"].low < 0 < lifts["old"].high
    assert lifts["young"].n == int(young.sum())


def test_a_segment_that_holds_everybody_says_what_the_whole_says() -> None:
    random = np.random.default_rng(6)
    arms = random.integers(0, 2, 20_000)
    everybody = np.ones(20_000, bool)
    who = random.random(20_000) < 0.1 + 0.02 * (arms == 1)
    one = converted(arms, who, segments={"all": everybody})
    two = converted(arms, who, segments={"all": everybody, "again": everybody})
    (alone,) = read(one, one.outcomes[0], 0.1)
    again = read(two, two.outcomes[0], 0.1)[0]
    assert again.mean == pytest.approx(alone.mean, abs=0.02)
    assert again.high - again.low > 0.9 * (alone.high - alone.low)  # 0.7 if they were apart


def test_segments_of_a_bandit_are_read_by_its_probabilities() -> None:
    """On the busy day most were given the offer: plain means would praise it for the day."""
    random = np.random.default_rng(9)
    busy = np.repeat([False, True], 10_000)
    probability = np.where(busy, 0.9, 0.1)  # of the offer
    arms = (random.random(20_000) < probability).astype(int)
    who = random.random(20_000) < np.where(busy, 0.2, 0.05)
    given = np.where(arms == 1, probability, 1 - probability)
    segments = {"all": np.ones(20_000, bool)}
    experiment = converted(arms, who, segments=segments, probability=given)
    (plain,) = read(experiment, experiment.outcomes[0], 0.5)
    fair = read(replace(experiment, adaptive=True), experiment.outcomes[0], 0.5)[0]
    assert plain.low > 0.5
    assert fair.low < 0 < fair.high


def test_a_trait_that_explains_makes_segments_sharper_as_well() -> None:
    random = np.random.default_rng(7)
    arms, habit = random.integers(0, 2, 10_000), random.random(10_000)
    who = random.random(10_000) < np.where(habit > 0.5, 0.9, 0.1)
    half = np.arange(10_000) % 2 == 0
    experiment = converted(arms, who, traits={"habit": habit}, segments={"half": half})
    (plain,) = read(experiment, experiment.outcomes[0], 1.0)
    (sharp,) = read(experiment, experiment.outcomes[0], 1.0, cuped="habit")
    assert sharp.high - sharp.low < 0.85 * (plain.high - plain.low)
    assert sharp.low < 0 < sharp.high


def test_nobody_nothing_and_an_empty_arm_give_numbers() -> None:
    for arms in ([0] * 50, [0, 1] * 25):
        experiment = trial(arms, [0.0] * 50, nothing(), segments={"all": np.ones(50, bool)})
        (lift,) = read(experiment, experiment.outcomes[0], 0.05)
        assert lift.mean == pytest.approx(0, abs=0.01)
        assert lift.low < 0 < lift.high
    empty = trial([], [], nothing())
    assert read(empty, empty.outcomes[0], 0.05) == ()
