"""Logs of the arms' means: right in the middle, right about their error, and never NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from regulars_models.bayes_ab import effects
from regulars_models.bayes_ab.effects import conversion, count, mean, measured, revenue, time
from regulars_models.bayes_ab.lift import posterior
from regulars_models.bayes_ab.measures import (
    Conversions,
    Counts,
    Means,
    Ratios,
    Revenue,
    Times,
)
from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars_models.bayes_ab.effects import Effects

    Chance = np.random.Generator

Floats = NDArray[np.float64]
AB = ("control", "offer")
Z = 1.959963984540054
NOTHING: list[Effects] = [
    conversion(AB, [0, 0], [0, 0]),
    count(AB, [0, 0], [0, 0]),
    time(AB, [0, 0], [0, 0]),
    mean(AB, [0, 0], [0, 0], [0, 0]),
    mean(AB, [1, 1], [5, 6], [0, 0]),
    mean(AB, [2, 2], [5, 5], [0, 0]),
    revenue(AB, [0, 0], [0, 0], [0, 0], [0, 0]),
    revenue(AB, [50, 50], [0, 0], [0, 0], [0, 0]),
    effects.ratio(AB, Ratios(*[np.zeros(2)] * 6)),
]


def test_a_conversion_is_the_log_of_its_rate_with_half_an_event_more() -> None:
    y, v = conversion(AB, [0, 3], [50, 50]).against(1)

    assert y == pytest.approx(np.log(3.5 / 50.5) - np.log(0.5 / 50.5), abs=1e-12)
    assert v == pytest.approx(1 / 3.5 - 1 / 50.5 + 1 / 0.5 - 1 / 50.5, abs=1e-12)


@pytest.mark.parametrize("tau", [0.05, 0.1, 0.2, 0.3, 0.5])
@pytest.mark.parametrize(("n", "rate"), [(120, 0.05), (1000, 0.006), (30, 0.2)])
def test_at_6_conversions_an_arm_the_interval_covers_95_per_cent(
    n: int, rate: float, tau: float
) -> None:
    """Exactly, over all results that there can be and all lifts that the prior holds possible."""
    x = np.arange(min(n, 120) + 1)
    both = conversion(tuple(map(str, x)), x, np.full(len(x), n))
    y, v = both.y - both.y[:, None], both.v + both.v[:, None]
    middle, sd = y / (1 + v / tau**2), np.sqrt(1 / (1 / v + 1 / tau**2))
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    covered = 0.0
    for lift, weight in zip(tau * nodes, weights / weights.sum(), strict=True):
        chances = [binom.pmf(x, n, min(1, rate * np.exp(s * lift / 2))) for s in (-1, 1)]
        covered += weight * (np.outer(*chances) * (np.abs(middle - lift) <= Z * sd)).sum()

    assert covered == pytest.approx(0.95, abs=0.01)


def test_the_closed_interval_of_that_test_is_the_one_of_the_model() -> None:
    pair, tau = conversion(AB, [6, 9], [120, 120]), 0.2
    y, v = pair.against(1)
    middle, sd = y / (1 + v / tau**2), np.sqrt(1 / (1 / v + 1 / tau**2))

    told = posterior(pair, tau).lift(1)

    assert [told.low, told.mean, told.high] == pytest.approx(
        np.expm1([middle - Z * sd, middle, middle + Z * sd]), abs=1e-12
    )


def test_without_a_prior_false_winners_and_false_losers_are_as_rare() -> None:
    x = np.arange(60)
    both = conversion(tuple(map(str, x)), x, np.full(60, 120))
    z = (both.y - both.y[:, None]) / np.sqrt(both.v + both.v[:, None])
    chance = np.outer(*[binom.pmf(x, 120, 0.05)] * 2)

    assert (chance * (z > Z)).sum() == pytest.approx((chance * (z < -Z)).sum(), abs=1e-9)
    assert (chance * (np.abs(z) > Z)).sum() < 0.05


def normal(chance: Chance) -> Effects:
    drawn = [chance.normal(10, 2, 12), chance.normal(10, 2, 12)]
    return mean(AB, [12, 12], [a.mean() for a in drawn], [a.std(ddof=1) for a in drawn])


def spending(chance: Chance) -> Effects:
    spent = np.where(chance.random((2, 400)) < 0.06, chance.gamma(2, 20, (2, 400)), 0)
    return revenue(
        AB, [400, 400], (spent > 0).sum(axis=1), spent.sum(axis=1), (spent**2).sum(axis=1)
    )


def baskets(chance: Chance) -> Effects:
    """Some customers order often, and what is spent goes with how often."""
    orders = chance.poisson(chance.gamma(1, 1, (2, 300))).astype(float)
    spent = chance.gamma(np.maximum(2 * orders, 1e-9), 10)
    return measured(AB, sums(spent, orders))


def visits(chance: Chance) -> Effects:
    """Counts of customers who differ more than chance does, watched for unlike times."""
    days = chance.uniform(5, 14, (2, 1000))
    seen = sums(chance.poisson(chance.gamma(0.5, 0.1, (2, 1000)) * days).astype(float), days)
    return measured(
        AB,
        Counts(
            seen.n,
            seen.top.astype(np.int64),
            seen.bottom,
            seen.top_squares,
            seen.bottom_squares,
            seen.cross,
        ),
    )


def waits(chance: Chance) -> Effects:
    """Times that are not exponential, most of them censored."""
    wait = 60 * chance.weibull(0.7, (2, 300))
    seen = sums(np.minimum(wait, 14), (wait < 14).astype(float))
    return measured(
        AB, Times(seen.n, seen.bottom.astype(np.int64), seen.top, seen.top_squares, seen.cross)
    )


@pytest.mark.parametrize("draw", [normal, spending, baskets, visits, waits])
def test_intervals_of_every_kind_cover_95_per_cent(draw: Callable[[Chance], Effects]) -> None:
    chance, runs = np.random.default_rng(6), 1500

    z = [y / np.sqrt(v) for y, v in (draw(chance).against(1) for _ in range(runs))]

    assert np.mean(np.abs(z) <= Z) == pytest.approx(0.95, abs=3 * np.sqrt(0.05 * 0.95 / runs))


def test_what_was_measured_goes_to_its_own_kind() -> None:
    n, x = np.array([100, 100]), np.array([10, 15])
    days, total, squares = np.array([900.0, 880.0]), np.array([90.0, 120.0]), np.array([900.0, 1e3])
    even = Counts(n, x, days, x + days**-1, np.zeros(2), np.zeros(2))
    pairs = [
        (measured(AB, Conversions(n, x)), conversion(AB, x, n)),
        (measured(AB, Means(n, x, total, days)), mean(AB, x, total, days)),
        (measured(AB, Revenue(n, x, total, squares)), revenue(AB, n, x, total, squares)),
    ]

    assert all(np.array_equal([a.y, a.v], [b.y, b.v]) for a, b in pairs)
    assert measured(AB, even).y == pytest.approx(np.log([10.5 / 900, 15.5 / 880]))


def test_a_time_is_the_inverse_of_a_rate() -> None:
    assert time(AB, [10, 15], [900, 880]).y == pytest.approx(-count(AB, [10, 15], [900, 880]).y)


@pytest.mark.parametrize("empty", NOTHING)
def test_nobody_and_nothing_say_nothing(empty: Effects) -> None:
    assert empty.y.tolist() == [0, 0]
    assert np.isinf(empty.v).all()


@pytest.mark.parametrize(
    "odd",
    [
        conversion(AB, [0, 0], [50, 50]),
        conversion(AB, [5, 0], [5, 5]),
        conversion(AB, [5, 3], [5, 0]),
        conversion(AB, [100_000_000, 100_010_000], [1_000_000_000, 1_000_000_000]),
        count(AB, [0, 7], [10, 0]),
        mean(AB, [20, 20], [-5, 5], [1, 1]),
        mean(AB, [2, 1], [5, 5], [1, 0]),
        revenue(AB, [50, 50], [0, 1], [0, 10], [0, 100]),
        revenue(AB, [50, 50], [2, 1], [-30, 40], [500, 1600]),
    ],
)
def test_odd_input_gives_a_number(odd: Effects) -> None:
    assert np.isfinite(odd.y).all()
    assert (odd.v >= 0).all()
    assert np.isfinite(odd.v).any()


def test_two_equal_amounts_are_no_certainty_beside_others_that_vary() -> None:
    assert mean(AB, [2, 100], [5, 5], [0, 2]).v[0] > 0.01


def test_an_arm_in_which_everybody_converted_is_not_certain() -> None:
    _, v = conversion(AB, [5, 5], [5, 5]).against(1)

    assert v > 0.01


def sums(top: Floats, bottom: Floats) -> Ratios:
    def add(values: Floats) -> Floats:
        total: Floats = values.sum(axis=1)
        return total

    n = np.full(len(top), float(top.shape[1]))
    return Ratios(n, add(top), add(bottom), add(top**2), add(bottom**2), add(top * bottom))


@pytest.mark.parametrize("price", [0.1, 5.0, 9.99, 8.9e9])
def test_where_there_is_one_price_nothing_is_certain(price: float) -> None:
    bought = [np.full(16, price), np.full(27, price)]
    n = np.array([float(len(each)) for each in bought])
    top, squares = (np.array([(each**k).sum() for each in bought]) for k in (1, 2))

    means = mean(AB, n, [each.mean() for each in bought], [each.std(ddof=1) for each in bought])
    ratios = measured(AB, Ratios(n, top, n, squares, n, top))

    for known in (means, ratios):
        assert not posterior(known, 0.05).informed
        assert np.isfinite(posterior(known, 0.05).p_best).all()
