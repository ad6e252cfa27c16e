"""Planning: what a horizon can find, and how long each rule needs for it."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.bayes_ab.decision import Plan
from regulars_models.bayes_ab.power import days_needed, needs, smallest_lift, unit_variance
from regulars_models.bayes_ab.rules import look_days, rules
from regulars_models.bayes_ab.sequential import confidence_sequence

PLAN = Plan()
V = 2 * unit_variance(0.05)  # of one unit in each arm
CHANCE = 2.80158521**2  # (1.95996 + .84162) squared: the usual test at 80 % power


def test_one_look_finds_what_the_usual_formula_says() -> None:
    found = smallest_lift(V / 14_000, Plan(looks=1))

    assert np.log1p(found) == pytest.approx(np.sqrt(CHANCE * V / 14_000), rel=1e-4)


def test_four_looks_find_hardly_less_than_one() -> None:
    four, one = (smallest_lift(V / 14_000, Plan(looks=looks)) for looks in (4, 1))

    assert 1 < four / one < 1.03


def test_more_customers_find_smaller_lifts_and_more_arms_larger_ones() -> None:
    assert smallest_lift(V / 56_000, PLAN) < 0.55 * smallest_lift(V / 14_000, PLAN)
    assert smallest_lift(V / 14_000, PLAN, arms=4) > smallest_lift(V / 14_000, PLAN)


def test_nobody_finds_nothing() -> None:
    assert smallest_lift(np.inf, PLAN) == np.inf
    assert unit_variance(0.0) == np.inf


def test_what_is_found_is_found_with_that_power_in_simulated_experiments() -> None:
    chance, v = np.random.default_rng(3), V / 14_000
    drift = np.log1p(smallest_lift(v, PLAN)) / np.sqrt(v)
    limits = rules(PLAN)[0].limits(4 / np.arange(1.0, 5.0))

    walk = chance.normal(drift / 4, 0.5, (20_000, 4)).cumsum(axis=1)
    z = walk / np.sqrt(np.arange(1, 5) / 4)

    crossed = np.abs(z) >= limits
    right = crossed.any(axis=1) & (z[np.arange(20_000), crossed.argmax(axis=1)] > 0)
    assert right.mean() == pytest.approx(0.8, abs=0.01)


def test_where_there_is_no_end_it_is_what_the_always_valid_interval_finds_today() -> None:
    chance, v = np.random.default_rng(4), V / 14_000
    lift = np.log1p(smallest_lift(v, Plan(lasting=True)))

    found = [confidence_sequence(y, v)[0] > 0 for y in chance.normal(lift, v**0.5, 5000)]

    assert np.mean(found) == pytest.approx(0.8, abs=0.02)
    assert lift > np.log1p(smallest_lift(v, PLAN))


def test_the_fixed_horizon_needs_the_days_of_the_usual_formula() -> None:
    fixed = next(need for need in needs(0.05, 0.1, 1000, PLAN) if need.rule.id == "fixed")
    v = unit_variance(0.05) + unit_variance(0.055)

    assert fixed.days == np.ceil(CHANCE * v / np.log(1.1) ** 2 / 500)
    assert fixed.typical == pytest.approx(fixed.days)


def test_careful_rules_need_longer_and_every_rule_shows_what_was_measured() -> None:
    plan = {need.rule.id: need for need in needs(0.05, 0.1, 1000, PLAN)}
    days = {rule: need.days or 0 for rule, need in plan.items()}

    assert days["loss"] < days["flat"] < days["fixed"]
    assert days["fixed"] <= days["group-sequential"] < days["always-valid"]
    assert all(0 <= need.measured["nothing"] <= 1 for need in plan.values())
    typical = plan["group-sequential"].typical
    assert typical is not None
    assert typical < days["fixed"]


@pytest.mark.parametrize(
    ("base", "lift", "per_day"),
    [(0.05, 0.0, 200), (0.0, 0.1, 200), (0.05, 0.1, 0), (0.01, 0.01, 5)],
)
def test_what_ten_years_cannot_find_has_no_days(base: float, lift: float, per_day: float) -> None:
    assert needs(base, lift, per_day, PLAN)[2].days is None


def test_a_loss_is_found_as_fast_as_the_gain_that_makes_up_for_it() -> None:
    rule = rules(PLAN)[0]

    assert days_needed(rule, 0.5, -0.2) == days_needed(rule, 0.5, 1 / 0.8 - 1)


def test_a_rate_of_one_is_found_at_once() -> None:
    assert needs(0.5, 1.0, 1000, PLAN)[0].days == 1


def test_looks_are_spread_over_the_days() -> None:
    assert look_days(28, 4) == [6, 13, 20, 27]
    assert look_days(2, 4) == [0, 1]
    assert look_days(1, 4) == [0]
