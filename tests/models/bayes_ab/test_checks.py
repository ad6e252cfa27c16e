"""Checks of an experiment: golden values, and words when something is odd."""

from __future__ import annotations

import numpy as np
import pytest
from regulars.hooks import DAY
from regulars_models.bayes_ab.checks import exposure_delay, novelty, sample_ratio
from regulars_models.bayes_ab.effects import conversion
from scipy.stats import binom, kruskal

AB = ("control", "offer")


def test_a_lost_sixth_breaks_an_experiment() -> None:
    check = sample_ratio(AB, [1000, 1200], [0.5, 0.5])

    assert check.p == pytest.approx(2.007865612426e-05, rel=1e-9)
    assert check.warning is not None
    assert "offer has 1,200 where 1,100 were meant" in check.warning


def test_an_arm_without_weight_does_not_count() -> None:
    check = sample_ratio((*AB, "late"), [5100, 4900, 0], [0.5, 0.5, 0])

    assert check.p == pytest.approx(0.0455002639, rel=1e-9)
    assert check.warning is None


@pytest.mark.parametrize(
    ("counts", "weights"),
    [([0, 0], [0.5, 0.5]), ([7], [1.0]), ([5, 9], [1.0, 0.0]), ([10**9, 10**9], [1, 1])],
)
def test_nothing_to_compare_is_no_mismatch(counts: list[int], weights: list[float]) -> None:
    names = ("control", "offer")[: len(counts)]

    assert sample_ratio(names, counts, weights).warning is None


def test_an_empty_arm_that_was_meant_to_have_half_is_a_mismatch() -> None:
    assert sample_ratio(AB, [40, 0], [0.5, 0.5]).warning is not None


@pytest.mark.parametrize("share", [0.05, 0.01])
def test_small_counts_are_called_broken_less_than_once_in_a_thousand(share: float) -> None:
    """The true probability, summed over all that can happen, for each number of units."""
    for n in (*range(1, 101), 200, 500, 1500):
        counts = np.arange(n + 1)
        likely = counts[binom.pmf(counts, n, share) > 1e-9]
        false = sum(
            float(binom.pmf(count, n, share))
            for count in likely
            if sample_ratio(AB, [count, n - count], [share, 1 - share]).broken
        )
        assert false <= 0.001, n


def test_the_first_customer_of_a_small_holdout_breaks_nothing() -> None:
    assert not sample_ratio(AB, [1, 0], [0.05, 0.95]).broken


def test_small_counts_of_many_arms_are_shared_out_among_them() -> None:
    names, weights = ("a", "b", "c"), [0.1, 0.3, 0.6]
    chance = np.random.default_rng(6)

    false = sum(
        sample_ratio(names, each, weights).broken for each in chance.multinomial(60, weights, 1000)
    )

    assert false <= 1 + 3 * 1
    assert sample_ratio(names, [25, 15, 60], weights).broken


def test_an_arm_that_lags_by_a_day_is_told() -> None:
    chance = np.random.default_rng(2)
    arm = chance.integers(0, 2, 2000)
    at = (chance.uniform(0, 10, 2000) * DAY).astype(np.int64) + 10**15

    check = exposure_delay(AB, arm, at)
    lagging = exposure_delay(AB, arm, at + arm * DAY)

    assert check.p == pytest.approx(kruskal(at[arm == 0], at[arm == 1]).pvalue, rel=1e-9)
    assert check.warning is None
    assert lagging.warning is not None
    assert "offer was given out later than control, by 1.3 days" in lagging.warning


def test_exposures_of_one_run_are_ties_and_not_odd() -> None:
    arm = np.array([0, 1, 0, 1])

    assert exposure_delay(AB, arm, np.full(4, 10**15)).warning is None
    assert exposure_delay(AB, arm[:0], arm[:0]).warning is None
    assert exposure_delay(AB, np.zeros(3, np.int64), np.arange(3)).warning is None


def test_an_effect_that_wears_off_is_told() -> None:
    first = conversion(AB, [100, 180], [2000, 2000])

    check = novelty(first, conversion(AB, [300, 306], [6000, 6000]))

    assert check.warning is not None
    assert "offer moved the goal by +80% in the first week and by +2% since" in check.warning


def test_a_steady_effect_or_none_yet_is_no_novelty() -> None:
    first = conversion(AB, [100, 130], [2000, 2000])

    assert novelty(first, conversion(AB, [300, 380], [6000, 6000])).warning is None
    assert novelty(first, conversion(AB, [0, 0], [0, 0])).warning is None
    assert novelty(conversion(("one",), [1], [2]), conversion(("one",), [1], [2])).warning is None


def test_novelty_is_a_false_alarm_once_in_a_hundred() -> None:
    chance, names = np.random.default_rng(4), (*AB, "coffee")

    alarms = sum(
        novelty(
            conversion(names, chance.binomial(2000, 0.05, 3), [2000] * 3),
            conversion(names, chance.binomial(6000, 0.05, 3), [6000] * 3),
        ).warning
        is not None
        for _ in range(2000)
    )

    assert alarms <= 20 + 3 * np.sqrt(20)
