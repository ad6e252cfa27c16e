"""What customers did before the experiment makes its result sharper, and never duller."""

from __future__ import annotations

import numpy as np
import pytest
from regulars.hooks import DAY, Happened
from regulars_models.bayes_ab.cuped import Adjusted, adjust
from regulars_models.bayes_ab.effects import measured
from regulars_models.bayes_ab.measures import per_unit

from tests.models.bayes_ab.planted import measure, nothing, trial


def spending(seed: int, correlation: float, *, missing: float = 0.0, each: int = 1000) -> Adjusted:
    """Both arms alike; what is spent goes with the trait."""
    random = np.random.default_rng(seed)
    arms = np.repeat([0, 1], each)
    before = random.normal(size=2 * each)
    noise = random.normal(size=2 * each)
    spend = 50 + 10 * (correlation * before + np.sqrt(1 - correlation**2) * noise)
    trait = np.where(random.random(2 * each) < missing, np.nan, before)
    what = Happened(np.arange(2 * each), np.full(2 * each, DAY), spend)
    experiment = trial(arms.tolist(), [0.0] * (2 * each), what, "mean", traits={"before": trait})
    outcome = experiment.outcomes[0]
    raw = measured(experiment.arms, measure(experiment, outcome))
    return adjust(raw, per_unit(experiment, outcome), trait)


def test_it_saves_the_squared_correlation_of_the_variance() -> None:
    """Deng, Xu, Kohavi and Walker 2013: var(adjusted) = var(raw) · (1 - rho²)."""
    assert spending(1, 0.8).saved == pytest.approx(0.64, abs=0.03)


def test_the_adjusted_lifts_of_equal_arms_vary_by_what_is_printed() -> None:
    found = [spending(seed, 0.8, each=200).effects for seed in range(300)]
    z = [(e.y[1] - e.y[0]) / np.sqrt(e.v.sum()) for e in found]
    assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 300))
    assert np.std(z) == pytest.approx(1, abs=0.12)


def test_a_trait_that_tells_nothing_leaves_the_effects_as_they_were() -> None:
    found = [spending(seed, 0.0) for seed in range(40)]
    assert all(0 <= each.saved < 0.01 for each in found)
    assert sum(each.saved == 0 for each in found) > 10


def test_a_trait_known_of_half_of_them_saves_half() -> None:
    found = spending(2, 0.8, missing=0.5)
    assert found.known == pytest.approx(0.5, abs=0.05)
    assert found.saved == pytest.approx(0.32, abs=0.05)


@pytest.mark.parametrize("value", [np.nan, 3.0])
def test_a_trait_unknown_of_everybody_or_equal_for_all_saves_nothing(value: float) -> None:
    trait = np.full(200, value)
    arms = [0, 1] * 100
    what = Happened(np.arange(0, 200, 3), np.full(67, DAY), np.ones(67))
    experiment = trial(arms, [0.0] * 200, what, "conversion")
    raw = measured(experiment.arms, measure(experiment, experiment.outcomes[0]))
    found = adjust(raw, per_unit(experiment, experiment.outcomes[0]), trait)
    assert found.saved == 0
    assert found.effects == raw


@pytest.mark.parametrize("arms", [[], [0] * 100, [0, 1] * 100])
def test_no_conversions_an_empty_arm_and_nobody_at_all_are_left_alone(arms: list[int]) -> None:
    experiment = trial(arms, [0.0] * len(arms), nothing())
    raw = measured(experiment.arms, measure(experiment, experiment.outcomes[0]))
    trait = np.arange(len(arms), dtype=float)
    found = adjust(raw, per_unit(experiment, experiment.outcomes[0]), trait)
    assert found.saved == 0
    assert np.isfinite(found.effects.y).all()
