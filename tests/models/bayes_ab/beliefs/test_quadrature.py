"""Any number of arms: golden values, identities, and arms about which nearly nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab.beliefs.marginals import (
    Beta,
    Marginal,
    Normal,
    conversion,
    count,
    mean,
)
from regulars_models.bayes_ab.beliefs.quadrature import compare
from regulars_models.bayes_ab.beliefs.spend import revenue

GOLDEN = [
    ((10, 100), (15, 100), 0.853283789933966, 0.0525976959738, 0.0035780881307),
    ((49, 100), (51, 100), 0.610770522687839, 0.0387243043393, 0.0191164612021),
    ((200, 1000), (230, 1000), 0.948618289211101, 0.0303363044496, 0.000396184689),
    ((0, 50), (3, 50), 0.941194119411941, 0.0587792722513, 0.00108696455904),
]


@st.composite
def conversions(draw: st.DrawFn) -> Marginal:
    visitors = draw(st.integers(0, 10 ** draw(st.integers(0, 9))))
    converted = draw(st.integers(0, min(visitors, max(visitors - 100, 10**4))))
    return Beta(1 + converted, draw(st.floats(1, 20)) + visitors - converted)


@st.composite
def counts(draw: st.DrawFn) -> Marginal:
    return count(draw(st.integers(0, 10 ** draw(st.integers(0, 6)))), draw(st.floats(0.1, 1e4)))


@st.composite
def means(draw: st.DrawFn) -> Marginal:
    near = draw(st.floats(-10, 10))
    return mean(draw(st.integers(4, 10**6)), near, draw(st.floats(0.1, 100)))


@st.composite
def revenues(draw: st.DrawFn) -> Marginal:
    visitors = draw(st.integers(0, 10 ** draw(st.integers(0, 5))))
    buyers = draw(st.integers(0, visitors))
    return revenue(buyers, visitors, buyers * draw(st.floats(5, 50)), typical=20, shape=0.7)


def arms() -> st.SearchStrategy[list[Marginal]]:
    kinds = (conversions(), counts(), means(), revenues())
    return st.one_of([st.lists(kind, min_size=1, max_size=5) for kind in kinds])


@pytest.mark.parametrize(("first", "second", "chance", "loss", "other"), GOLDEN)
def test_conversions_are_those_of_the_reference(
    first: tuple[int, int], second: tuple[int, int], chance: float, loss: float, other: float
) -> None:
    found = compare([conversion(*first), conversion(*second)])

    assert found.p_best[1] == pytest.approx(chance, abs=1e-9)
    assert found.losses == pytest.approx([loss, other], abs=1e-9)


def test_counts_and_means_are_those_of_the_reference() -> None:
    counted = compare([count(20, 100), count(28, 100)])
    averaged = compare([mean(20, 10, 2), mean(25, 11, 5**0.5)])

    assert counted.p_best[1] == pytest.approx(0.873565134916, abs=1e-9)
    assert counted.losses[1] == pytest.approx(0.00445219473318, abs=1e-9)
    assert averaged.p_best[1] == pytest.approx(0.9347862408, abs=1e-9)
    assert averaged.losses[1] == pytest.approx(0.019979016, abs=1e-9)


@given(arms())
@settings(max_examples=80, deadline=None)
def test_some_arm_is_the_best_and_losses_differ_as_means_do(arms: list[Marginal]) -> None:
    found = compare(arms)
    scale = max(abs(arm.mean) + arm.sd for arm in arms)
    expected = [arm.mean for arm in arms]

    assert found.p_best.sum() == pytest.approx(1, abs=1e-9)
    assert np.ptp(found.losses + expected) / scale == pytest.approx(0, abs=1e-9)
    assert min(found.losses) >= 0


@given(arms(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_relabelling_arms_relabels_the_result(arms: list[Marginal], chance: object) -> None:
    order = list(range(len(arms)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    found, moved = compare(arms), compare([arms[place] for place in order])

    assert moved.p_best == pytest.approx(found.p_best[order], abs=1e-12)
    assert moved.losses == pytest.approx(found.losses[order], rel=1e-9, abs=1e-12)


@given(arms())
@settings(max_examples=40, deadline=None)
def test_where_less_is_better_the_worst_is_the_best(arms: list[Marginal]) -> None:
    less = compare(arms, less_is_better=True)
    scale = max(abs(arm.mean) + arm.sd for arm in arms)

    assert less.p_best.sum() == pytest.approx(1, abs=1e-9)
    best = [arm.mean - loss for arm, loss in zip(arms, less.losses, strict=True)]
    assert np.ptp(best) / scale == pytest.approx(0, abs=1e-9)
    if len(arms) == 2:
        more = compare(arms)
        assert less.p_best == pytest.approx(more.p_best[::-1], abs=1e-9)
        assert less.losses / scale == pytest.approx(more.losses[::-1] / scale, abs=1e-9)


def test_normal_arms_are_those_of_order_statistics() -> None:
    """The largest of three standard normals: 3 / (2 √π)."""
    found = compare([Normal(0, 1)] * 3)

    assert found.losses == pytest.approx([3 / (2 * np.pi**0.5)] * 3, abs=1e-11)
    assert found.p_best == pytest.approx([1 / 3] * 3, abs=1e-11)


def test_one_arm_is_the_best_and_costs_nothing() -> None:
    found = compare([conversion(3, 10)])

    assert (found.p_best.tolist(), found.losses.tolist()) == ([pytest.approx(1)], [0])


def test_a_billion_visitors_are_no_more_trouble_than_none() -> None:
    large = compare([conversion(50_000_000, 10**9), conversion(50_010_000, 10**9)])
    mixed = compare([conversion(50_000_000, 10**9), conversion(0, 0), conversion(0, 10**9)])

    assert large.p_best[1] == pytest.approx(0.84753765, abs=1e-8)
    assert mixed.p_best == pytest.approx([0.05, 0.95, 0], abs=1e-6)


def test_calibrated_a_chance_of_being_best_comes_true_as_often() -> None:
    chance = np.random.default_rng(5)
    truth = chance.random((3, 1500))
    seen = chance.binomial(30, truth)
    told = np.array([compare([conversion(x, 30) for x in of]).p_best for of in seen.T])
    came = truth.argmax(axis=0)[:, None] == np.arange(3)

    surprise = (came - told).sum(axis=0) / np.sqrt((told * (1 - told)).sum(axis=0))
    assert np.abs(surprise).max() < 3.5


def test_the_same_question_has_the_same_answer() -> None:
    def asked() -> bytes:
        arms = [revenue(3, 40, 61.5, typical=20), revenue(5, 41, 99, typical=20)]
        return compare(arms).losses.tobytes()

    assert asked() == asked()
