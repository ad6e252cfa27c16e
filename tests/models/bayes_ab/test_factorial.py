"""Factors are told apart by sum-to-zero contrasts, whatever the size of the cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab.effects import Effects
from regulars_models.bayes_ab.factorial import Contrast, contrasts

SUBJECT = ("plain", "plain", "warm", "warm")
BUTTON = ("green", "red", "green", "red")
LEVELS = {"subject": SUBJECT, "button": BUTTON}
FLAT = 1e3


def cells(*y: float, v: float | tuple[float, ...] = 0.01) -> Effects:
    variances = np.full(len(y), v) if isinstance(v, float) else np.array(v)
    return Effects(tuple("abcdefghi"[: len(y)]), np.array(y), variances)


def by_name(found: tuple[Contrast, ...]) -> dict[tuple[str, ...], Contrast]:
    return {each.factors: each for each in found}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=4),
    st.lists(st.floats(0.01, 1), min_size=4, max_size=4),
)
def test_without_a_prior_effects_are_averages_of_cell_differences(
    y: list[float], v: list[float]
) -> None:
    found = by_name(contrasts(cells(*y, v=tuple(v)), LEVELS, FLAT))
    main = (y[2] + y[3] - y[0] - y[1]) / 2
    both = y[3] - y[2] - y[1] + y[0]
    assert np.log1p(found["subject",].mean) == pytest.approx(main, abs=1e-5)
    assert np.log1p(found["subject", "button"].mean) == pytest.approx(both, abs=1e-5)
    half = np.log1p(found["subject",].high) - main
    assert half == pytest.approx(1.959963985 * np.sqrt(sum(v)) / 2, rel=1e-4)


def test_one_factor_of_two_levels_is_the_conjugate_lift() -> None:
    """y ~ N(theta, v) with theta ~ N(0, tau²) gives tau² / (tau² + v) of y."""
    tau, v, d = 0.05, 0.0004, 0.08
    (found,) = contrasts(cells(0.0, d, v=v / 2), {"subject": ("plain", "warm")}, tau)
    shrunk = tau**2 / (tau**2 + v)
    assert np.log1p(found.mean) == pytest.approx(shrunk * d, rel=1e-9)
    sd = (np.log1p(found.high) - np.log1p(found.mean)) / 1.959963984540054
    assert sd == pytest.approx(np.sqrt(shrunk * v), rel=1e-9)


def test_an_empty_cell_leaves_the_interaction_to_the_prior_and_says_so() -> None:
    effects = cells(0.0, 0.1, 0.2, 0.0, v=(0.001, 0.001, 0.001, np.inf))
    found = by_name(contrasts(effects, LEVELS, 0.05))
    assert found["subject",].told
    assert found["subject",].mean > 0
    assert np.isfinite(found["subject", "button"].high)
    nobody = contrasts(cells(0, 0, 0, 0, v=np.inf), LEVELS, 0.05)
    assert not any(each.told for each in nobody)
    assert [each.mean for each in nobody] == [0, 0, 0]


def test_three_levels_are_each_set_against_the_first() -> None:
    levels = {"subject": ("a", "a", "b", "b", "c", "c"), "button": ("x", "y") * 3}
    found = contrasts(cells(0, 0, 0.1, 0.1, 0.3, 0.3), levels, FLAT)
    mains = {each.levels: np.log1p(each.mean) for each in found if len(each.factors) == 1}
    assert mains == pytest.approx({("b",): 0.1, ("c",): 0.3, ("y",): 0.0}, abs=1e-6)
    assert [each.levels for each in found[3:]] == [("b", "y"), ("c", "y")]


def test_renaming_the_order_of_arms_changes_nothing() -> None:
    effects = cells(0.0, 0.1, 0.2, 0.5, v=(0.01, 0.02, 0.03, 0.04))
    turn = [0, 3, 1, 2]
    turned = Effects(effects.names, effects.y[turn], effects.v[turn])
    levels = {name: tuple(those[i] for i in turn) for name, those in LEVELS.items()}
    before = by_name(contrasts(effects, LEVELS, 0.05))
    after = by_name(contrasts(turned, levels, 0.05))
    for name, contrast in before.items():
        assert after[name].mean == pytest.approx(contrast.mean, abs=1e-12)


def test_a_factor_of_one_level_has_no_effect_and_no_factor_no_answer() -> None:
    found = contrasts(cells(0.0, 0.1), {"subject": ("a", "b"), "button": ("x", "x")}, 0.05)
    assert [each.factors for each in found] == [("subject",)]
    assert contrasts(cells(0.0, 0.1), {}, 0.05) == ()


def test_intervals_cover_what_was_planted() -> None:
    random = np.random.default_rng(7)
    inside = 0
    for _ in range(500):
        main, both = random.normal(0, 0.05, 2)
        truth = np.array([0, 0, main - both / 2, main + both / 2])
        y = truth + random.normal(0, 0.05, 4)
        found = by_name(contrasts(cells(*y, v=0.0025), LEVELS, 0.05))["subject", "button"]
        inside += found.low <= np.expm1(both) <= found.high
    assert inside / 500 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 500))
