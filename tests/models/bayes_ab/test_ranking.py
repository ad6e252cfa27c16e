"""Ranking arms: the integral against the closed form, and against a much finer integral."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab import ranking
from regulars_models.bayes_ab.ranking import Arms, many, pair, ranked

if TYPE_CHECKING:
    from collections.abc import Iterator

log = st.floats(-3, 3)
variance = st.floats(1e-9, 1)


@st.composite
def groups(draw: st.DrawFn, fewest: int, most: int) -> Arms:
    """Arms as the lift model makes them: who is known less leans more on the level."""
    tau = draw(st.sampled_from([0.01, 0.05, 0.3, 1.0]))
    known = np.array(draw(st.lists(variance, min_size=fewest, max_size=most)))
    y = np.array([draw(log) for _ in known])
    s, weight = tau**2 / 2, 1 / (known + tau**2 / 2)
    share = known * weight
    level = (weight * y).sum() / weight.sum()
    return Arms((1 - share) * y, share, share * s, float(level), float(1 / weight.sum()))


@pytest.fixture
def finer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four times the points."""
    monkeypatch.setattr(ranking, "LEVELS", 129)
    monkeypatch.setattr(ranking, "BREAKS", np.arange(-8.0, 9.0))
    ranking._trapezoids.cache_clear()
    yield
    ranking._trapezoids.cache_clear()


@settings(max_examples=60, deadline=None)
@given(groups(2, 2), st.booleans())
def test_two_arms_are_ranked_alike_by_formula_and_by_integral(
    arms: Arms,
    smaller: bool,  # noqa: FBT001
) -> None:
    closed, top = pair(arms, smaller=smaller)
    summed, high = many(arms, smaller=smaller)

    assert summed == pytest.approx(closed, abs=1e-10)
    assert high == pytest.approx(top, rel=1e-10)


def drawn(seed: int) -> Arms:
    chance = np.random.default_rng(seed)
    y, v, s = chance.normal(0, 0.2, 4), 10 ** chance.uniform(-8, 0, 4), 0.05**2 / 2
    weight = 1 / (v + s)
    level, share = (weight * y).sum() / weight.sum(), v * weight
    return Arms((1 - share) * y, share, share * s, float(level), float(1 / weight.sum()))


COARSE = [many(drawn(seed), smaller=False) for seed in range(20)]


@pytest.mark.usefixtures("finer")
def test_more_points_change_nothing() -> None:
    for seed, (p_best, top) in enumerate(COARSE):
        exact, high = many(drawn(seed), smaller=False)
        assert p_best == pytest.approx(exact, abs=1e-9)
        assert top == pytest.approx(high, rel=1e-9)


def test_arms_that_are_alike_share_the_first_place() -> None:
    arms = Arms(np.zeros(6), np.ones(6), np.full(6, 0.01), 0.0, 0.5)

    assert ranked(arms, smaller=False)[0] == pytest.approx([1 / 6] * 6, abs=1e-12)


def test_an_arm_far_ahead_is_the_best_and_as_good_as_it_is() -> None:
    arms = Arms(np.array([0.0, 5.0, 0.1]), np.zeros(3), np.full(3, 1e-8), 0.0, 1.0)

    p_best, top = ranked(arms, smaller=False)

    assert p_best == pytest.approx([0, 1, 0], abs=1e-12)
    assert top == pytest.approx(np.exp(5), rel=1e-7)
