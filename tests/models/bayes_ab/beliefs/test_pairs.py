"""Two arms: closed forms, the reference, and quadrature all say the same."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab.beliefs.marginals import Marginal, Normal, conversion, count, mean
from regulars_models.bayes_ab.beliefs.pairs import compare_pair
from regulars_models.bayes_ab.beliefs.quadrature import compare

from tests.models.bayes_ab.beliefs.test_quadrature import GOLDEN


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Marginal, Marginal]:
    def seen() -> tuple[float, float]:
        n = draw(st.floats(0.5, 10 ** draw(st.integers(1, 9))))
        return n * draw(st.floats(0, 1)), n

    kind = draw(st.sampled_from(["conversion", "count", "mean"]))
    if kind == "conversion":
        return conversion(*seen()), conversion(*seen())
    if kind == "count":
        return count(*seen()), count(*seen())
    first, second = seen(), seen()
    return Normal(first[0], first[1]), Normal(second[0], second[1])


def exactly(first: tuple[int, int], second: tuple[int, int]) -> Fraction:
    """P(second > first) under flat priors, by Miller's finite sum of whole numbers."""
    (x, n), (y, m) = first, second
    a, b, d = x + 1, n - x + 1, m - y + 1
    terms = (_beta(a + i, b + d) / ((d + i) * _beta(1 + i, d)) for i in range(y + 1))
    return sum(terms, Fraction(0)) / _beta(a, b)


def _beta(a: int, b: int) -> Fraction:
    return Fraction(1, a * comb(a + b - 1, a))


@pytest.mark.parametrize(("first", "second", "chance", "loss", "other"), GOLDEN)
def test_conversions_are_those_of_the_reference(
    first: tuple[int, int], second: tuple[int, int], chance: float, loss: float, other: float
) -> None:
    found = compare_pair(conversion(*first), conversion(*second))

    assert found.p_best[1] == pytest.approx(chance, abs=1e-12)
    assert found.losses == pytest.approx([loss, other], abs=1e-12)


def test_counts_are_those_of_the_reference() -> None:
    found = compare_pair(count(20, 100), count(28, 100))

    assert found.p_best[1] == pytest.approx(0.873565134916, abs=1e-12)
    assert found.losses[1] == pytest.approx(0.00445219473318, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second"), [((10, 100), (15, 100)), ((0, 3), (400, 2000)), ((0, 0), (7, 7))]
)
def test_conversions_are_those_of_exact_fractions(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    found = compare_pair(conversion(*first), conversion(*second))

    assert found.p_best[1] == pytest.approx(float(exactly(first, second)), abs=1e-12)


@given(pairs(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_closed_form_says_what_quadrature_says(
    pair: tuple[Marginal, Marginal],
    less: bool,  # noqa: FBT001 (hypothesis gives it)
) -> None:
    closed = compare_pair(*pair, less_is_better=less)
    found = compare(pair, less_is_better=less)
    scale = max(abs(arm.mean) + arm.sd for arm in pair)

    # If all of ten million converted, there are few numbers left between their share and 1; and of
    # a hundred million events the incomplete beta function is right to eight digits.
    assert closed.p_best == pytest.approx(found.p_best, abs=3e-8)
    assert closed.losses / scale == pytest.approx(found.losses / scale, abs=1e-9)


@given(pairs())
@settings(max_examples=100, deadline=None)
def test_losses_differ_as_means_do_and_swapped_arms_are_an_inverted_metric(
    pair: tuple[Marginal, Marginal],
) -> None:
    first, second = pair
    found = compare_pair(first, second)
    scale = max(abs(arm.mean) + arm.sd for arm in pair)
    swapped = compare_pair(second, first)
    inverted = compare_pair(first, second, less_is_better=True)

    apart = (found.losses[0] - found.losses[1]) / scale
    assert apart == pytest.approx((second.mean - first.mean) / scale, abs=1e-12)
    assert swapped.p_best == pytest.approx(found.p_best[::-1], abs=1e-9)
    assert inverted.p_best == pytest.approx(found.p_best[::-1], abs=1e-12)
    assert inverted.losses == pytest.approx(found.losses[::-1], rel=1e-9)


def test_arms_without_a_closed_form_are_integrated() -> None:
    found = compare_pair(mean(20, 10, 2), mean(25, 11, 5**0.5))

    assert found.p_best[1] == pytest.approx(0.9347862408, abs=1e-9)
