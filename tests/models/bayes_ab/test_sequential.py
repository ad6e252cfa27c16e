"""Bounds of early looks: those of the books, and as much error as was agreed on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab.sequential import (
    always,
    bounds,
    confidence_sequence,
    crossing,
    spent,
)
from scipy.special import ndtr
from scipy.stats import multivariate_normal

ONE_LOOK = 1.959963984540054


def test_four_even_looks_have_the_bounds_of_the_books() -> None:
    assert bounds([0.25, 0.5, 0.75, 1]) == pytest.approx((4.333, 2.963, 2.359, 2.014), abs=5e-4)


def test_one_look_is_the_usual_test() -> None:
    assert bounds([1.0]) == pytest.approx((ONE_LOOK,), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.02, 1), min_size=1, max_size=8, unique=True), st.floats(0.005, 0.2))
def test_uneven_looks_spend_what_they_may_and_no_more(looks: list[float], alpha: float) -> None:
    looks = sorted(round(look, 2) for look in set(looks))
    looks = sorted(set(looks))

    up, down = crossing(bounds(looks, alpha), looks)

    assert (up + down).cumsum() == pytest.approx([spent(t, alpha) for t in looks], abs=1e-7)


def test_two_looks_agree_with_the_bivariate_normal() -> None:
    low, high = bounds([0.3, 1.0])
    joint = multivariate_normal([0, 0], [[1, 0.3**0.5], [0.3**0.5, 1]])

    inside = joint.cdf([low, high], lower_limit=[-low, -high])

    assert inside == pytest.approx(0.95, abs=1e-5)


def test_a_late_look_has_its_own_bound_and_a_skipped_one_leaves_more_for_the_rest() -> None:
    planned, late, skipped = (
        bounds([0.25, 0.5, 0.75, 1]),
        bounds([0.25, 0.6, 0.75, 1]),
        bounds([0.25, 0.75, 1]),
    )

    assert late[0] == planned[0]
    assert late[1] < planned[1]
    assert skipped[1] < planned[2]


def test_a_last_look_after_the_horizon_spends_the_rest_and_nothing_comes_after_it() -> None:
    z = bounds([0.5, 1.2, 1.4])

    assert z[2] == np.inf
    assert z[1] == pytest.approx(bounds([0.5, 1.0], information=[0.5, 1.2])[1], abs=1e-9)


def test_what_counts_between_looks_is_what_was_learned() -> None:
    slow = bounds([0.5, 1], information=[0.1, 1])
    fast = bounds([0.5, 1], information=[0.9, 1])

    assert slow[0] == pytest.approx(fast[0])
    assert slow[1] > fast[1]


@pytest.mark.parametrize("information", [[0, 0, 0], [0, 5, 5], [3, 2, 2.5], [1e-9, 1, 1e9]])
def test_odd_information_still_gives_bounds(information: list[float]) -> None:
    z = bounds([0.3, 0.6, 1], information=information)

    assert all(1.9 < each < 9 for each in z)


@pytest.mark.parametrize("looks", [[0.5, 0.5], [0.0, 1.0], [0.7, 0.2]])
def test_looks_that_do_not_ascend_are_refused(looks: list[float]) -> None:
    with pytest.raises(ValueError, match="must ascend"):
        bounds(looks)


def test_daily_looks_for_a_year_keep_the_error() -> None:
    days = [(day + 1) / 365 for day in range(365)]

    up, down = crossing(bounds(days), days)

    assert (up + down).sum() == pytest.approx(0.05, abs=1e-6)


def test_a_drift_is_found_with_the_power_of_the_usual_test() -> None:
    up, down = crossing([ONE_LOOK], [1.0], drift=2.8016)

    assert up[0] == pytest.approx(0.8, abs=1e-4)
    assert down[0] == pytest.approx(float(ndtr(-ONE_LOOK - 2.8016)), rel=1e-6)


def test_the_always_valid_interval_holds_for_a_thousand_looks() -> None:
    chance = np.random.default_rng(1)
    information = np.arange(1, 1001) * 3.0  # from v = .33 to .0003
    steps = chance.normal(0, np.sqrt(3.0), (4000, 1000)).cumsum(axis=1)
    z = steps / np.sqrt(information)

    wrong = (np.abs(z) >= always(1 / information)).any(axis=1).mean()

    assert wrong <= 0.05


def test_the_always_valid_interval_is_centred_and_open_without_data() -> None:
    low, high = confidence_sequence(0.1, 0.003)

    assert (low + high) / 2 == pytest.approx(0.1)
    assert high - low > 2 * ONE_LOOK * 0.003**0.5
    assert confidence_sequence(0.0, np.inf) == (-np.inf, np.inf)
