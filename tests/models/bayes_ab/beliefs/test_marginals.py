"""What is believed of an arm's mean agrees with itself, with the world and at any size."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab.beliefs.marginals import (
    Beta,
    Gamma,
    LogNormal,
    Marginal,
    Normal,
    StudentT,
    conversion,
    count,
    mean,
)
from regulars_models.bayes_ab.beliefs.quadrature import panels
from regulars_models.bayes_ab.beliefs.spend import Spend, revenue
from scipy import stats

DRAWS, BINS = 20_000, 20

SHAPES: list[Marginal] = [
    Beta(11, 91),
    Beta(1, 51),
    Beta(1.2, 3.7),
    Beta(3, 1),
    Beta(2.5, 1.1),
    Beta(4344, 1),
    Beta(5e7, 9.5e8),
    Beta(1, 1e9),
    Gamma(1, 3),
    Gamma(1.3, 100),
    Gamma(1e9, 1e4),
    StudentT(2, 5, 1),
    StudentT(19, -3, 2),
    StudentT(1e9, 1, 1e-6),
    Normal(3, 2),
    LogNormal(1, 0.05),
    LogNormal(0, 2),
    Spend(Beta(1, 11), 3, 40),
    Spend(Beta(6, 96), 8, 140),
    Spend(Beta(7, 1), 603, 8_000),
    Spend(Beta(5e7, 9.5e8), 2.5e7, 1e9),
]


@pytest.mark.parametrize("marginal", SHAPES, ids=str)
def test_its_breaks_hold_all_of_it(marginal: Marginal) -> None:
    x, weights = panels([marginal.breaks])
    density = marginal.pdf(x)

    assert density @ weights == pytest.approx(1, abs=1e-10)
    assert (x * density) @ weights == pytest.approx(marginal.mean, rel=1e-10)


@pytest.mark.parametrize("marginal", SHAPES, ids=str)
def test_its_density_is_the_slope_of_its_distribution(marginal: Marginal) -> None:
    ends = marginal.quantile(np.array([0.1, 0.3, 0.6, 0.95]))

    for low, high in pairwise(ends):
        inside = [low, *marginal.breaks[(marginal.breaks > low) & (marginal.breaks < high)], high]
        x, weights = panels([np.array(inside)])
        rise = marginal.cdf(np.array([high])) - marginal.cdf(np.array([low]))
        assert marginal.pdf(x) @ weights == pytest.approx(rise[0], abs=1e-9)


@pytest.mark.parametrize("marginal", SHAPES, ids=str)
def test_its_quantiles_undo_its_distribution(marginal: Marginal) -> None:
    p = np.array([0.025, 0.2, 0.5, 0.9, 0.975])

    assert marginal.cdf(marginal.quantile(p)) == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize("marginal", [m for m in SHAPES if m.sd < math.inf], ids=str)
def test_its_sd_is_that_of_its_density(marginal: Marginal) -> None:
    x, weights = panels([marginal.breaks])

    varies = ((x - marginal.mean) ** 2 * marginal.pdf(x)) @ weights
    assert math.sqrt(varies) == pytest.approx(marginal.sd, rel=1e-5)


def test_densities_are_those_of_the_textbook() -> None:
    x = np.array([0.05, 0.1, 0.2, 0.4])

    assert Beta(11, 91).pdf(x) == pytest.approx(stats.beta(11, 91).pdf(x), rel=1e-12)
    assert Gamma(11, 91).pdf(x) == pytest.approx(stats.gamma(11, scale=1 / 91).pdf(x), rel=1e-12)
    assert StudentT(4, 0.1, 2).pdf(x) == pytest.approx(stats.t(4, 0.1, 2).pdf(x), rel=1e-12)
    assert Beta(1, 5).pdf(np.array([0.0])) == pytest.approx([5])


def test_revenue_has_a_finite_mean_and_spread_before_anybody_bought() -> None:
    nobody = revenue(0, 0, 0, typical=20)

    assert (nobody.mean, nobody.sd) == pytest.approx((10, math.sqrt(100 / 3 + 400 / 3)))


def test_revenue_comes_to_what_visitors_spent() -> None:
    many = revenue(50_000, 1_000_000, 1_250_000.0, typical=20, shape=2)

    assert many.mean == pytest.approx(1.25, rel=1e-3)


def test_purchases_that_are_all_alike_are_no_certainty() -> None:
    alike = revenue(3, 30, 60, typical=20, shape=math.inf)

    assert alike == revenue(3, 30, 60, typical=20, shape=100)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: mean(2, 10, 1), "at least 3"),
        (lambda: revenue(0, 9, 0, typical=0), "above 0"),
    ],
)
def test_what_has_no_mean_is_refused(wrong: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()  # type: ignore[operator]


@given(
    st.floats(1, 40),
    st.floats(1, 2_000),
    st.floats(0.01, 100),
    st.floats(3, 400),
)
@settings(max_examples=15, deadline=None)
def test_revenue_scales_with_money(a: float, b: float, scale: float, shape: float) -> None:
    cents, dollars = Spend(Beta(a, b), shape, 100 * scale), Spend(Beta(a, b), shape, scale)
    p = np.array([0.05, 0.5, 0.95])

    assert cents.quantile(p) == pytest.approx(100 * dollars.quantile(p), rel=1e-9)


# Simulation-based calibration (Talts et al. 2018): if the truth comes from the prior, it lies
# anywhere in the posterior with equal chance.


def even(places: np.ndarray) -> float:
    """The p-value of the places being spread evenly from 0 to 1."""
    counts, _ = np.histogram(places, BINS, (0, 1))
    return float(stats.chisquare(counts).pvalue)


def test_conversion_is_calibrated() -> None:
    chance = np.random.default_rng(1)
    truth = chance.random(DRAWS)
    converted = chance.binomial(40, truth)

    assert even(np.array(conversion(converted, 40).cdf(truth))) > 1e-3  # type: ignore[arg-type]


def test_count_is_calibrated() -> None:
    """A flat prior has no end; among those that were seen far from one it doesn't matter."""
    chance = np.random.default_rng(2)
    truth = 30 * chance.random(4 * DRAWS)
    events = chance.poisson(2 * truth)
    far = np.flatnonzero(events < 20)[:DRAWS]

    places = count(events[far], 2).cdf(truth[far])  # type: ignore[arg-type]
    assert (len(far), even(places) > 1e-3) == (DRAWS, True)


def test_mean_is_calibrated() -> None:
    """The reference prior is no distribution, but it matches: any truth will do."""
    chance = np.random.default_rng(3)
    truth = chance.normal(0, 9, DRAWS)
    seen = chance.normal(truth, 2.5, (7, DRAWS))
    posterior = mean(7, seen.mean(axis=0), seen.std(axis=0, ddof=1))

    assert even(posterior.cdf(truth)) > 1e-3


def test_revenue_is_calibrated() -> None:
    chance = np.random.default_rng(4)
    typical, shape, visitors = 20.0, 1.7, 12
    share = chance.random(DRAWS)
    spend = 2 * typical / chance.gamma(3, size=DRAWS)
    buyers = chance.binomial(visitors, share)
    total = chance.gamma(shape * np.maximum(buyers, 1)) * spend / shape * (buyers > 0)

    posteriors = [
        revenue(n, visitors, money, typical=typical, shape=shape)
        for n, money in zip(buyers, total, strict=True)
    ]
    # The scale is money's: in units of it there are but so many posteriors as numbers of buyers.
    relative = share * spend / np.array([posterior.scale for posterior in posteriors])
    places = np.empty(DRAWS)
    for n in np.unique(buyers):
        alike = buyers == n
        places[alike] = replace(posteriors[alike.argmax()], scale=1).cdf(relative[alike])
    assert even(places) > 1e-3
