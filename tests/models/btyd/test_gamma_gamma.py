"""What customers spend: CDNOW as everybody has it, and amounts that are none."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.btyd.gamma_gamma import expected_spend, fit, log_likelihood, spenders

from tests.models.btyd.cdnow import cdnow


def test_it_fits_cdnow_as_everybody_does() -> None:
    data, without = spenders(cdnow().summary.repeats, cdnow().summary.spend)
    found = fit(data)

    assert (found.names, found.customers, without) == (("p", "q", "gamma"), 946, 0)
    assert found.parameters == pytest.approx([6.248801, 3.744589, 15.447754], abs=5e-5)
    assert found.log_likelihood == pytest.approx(-4055.9232, abs=1e-4)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    data, _ = spenders([1, 2, 7, 200], [10.0, 35.5, 0.01, 1e6])
    parameters = np.array([2.0, 3.0, 20.0])
    _, gradient = log_likelihood(data, parameters)

    for place, step in enumerate(np.diag(parameters * 1e-6)):
        up, down = (log_likelihood(data, parameters + move)[0] for move in (step, -step))
        assert gradient[place] == pytest.approx((up - down) / (2 * step[place]), rel=1e-5)


def test_spend_is_drawn_to_everybodys_the_less_the_more_is_known() -> None:
    parameters = np.array([6.25, 3.74, 15.45])
    everybody = 6.25 * 15.45 / 2.74
    none, once, often = expected_spend(parameters, [0, 1, 50], [0.0, 100.0, 100.0])

    assert none == pytest.approx(everybody)
    assert everybody < once < often < 100


def test_the_unit_of_money_doesnt_matter() -> None:
    repeats, spend = cdnow().summary.repeats, cdnow().summary.spend
    dollars, rupiah = (fit(spenders(repeats, spend * unit)[0]) for unit in (1, 16_000))

    assert rupiah.parameters == pytest.approx(dollars.parameters * [1, 1, 16_000], rel=1e-6)
    assert rupiah.log_likelihood == pytest.approx(dollars.log_likelihood - 946 * np.log(16_000))


def test_a_fit_finds_what_was_planted() -> None:
    chance = np.random.default_rng(2)
    p, q, gamma = planted = np.array([3.0, 4.0, 30.0])
    repeats = chance.integers(1, 9, 20_000)
    spend = chance.gamma(p * repeats) / chance.gamma(q, 1 / gamma, 20_000) / repeats
    found = fit(spenders(repeats, spend)[0])

    assert (np.abs(found.parameters - planted) < 4 * found.standard_errors).all()


def test_amounts_of_nothing_and_below_are_left_out_and_counted() -> None:
    data, without = spenders([1, 2, 3, 1, 0, 4], [0.0, -5.0, 20.0, np.nan, 0.0, np.inf])

    assert (data.spend.tolist(), without) == ([20.0], 4)


def test_their_own_score_is_a_number() -> None:
    scores = expected_spend(np.array([6.25, 3.74, 15.45]), [1, 1, 1, 0], [0.0, -9.0, np.nan, 0.0])

    assert scores[0] == scores[1] == scores[2] < scores[3]
    assert np.isfinite(scores).all()


def test_where_there_is_no_mean_there_is_no_number() -> None:
    scores = expected_spend(np.array([2.0, 0.5, 10.0]), [0, 1], [0.0, 30.0])

    assert np.isnan(scores[0])
    assert np.isfinite(scores[1])


def test_nobody_who_spends_is_said() -> None:
    with pytest.raises(ValueError, match="amount above 0"):
        fit(spenders([0, 2], [0.0, 0.0])[0])


@pytest.mark.parametrize(
    ("repeats", "spend"),
    [([3], [20.0]), ([3] * 40, [20.0] * 40), ([200, 1], [1e-3, 1e7]), ([1] * 9, [1e9] * 9)],
)
def test_one_customer_and_equal_ones_give_numbers(repeats: list[int], spend: list[float]) -> None:
    found = fit(spenders(repeats, spend)[0])

    assert np.isfinite([found.log_likelihood, *found.parameters]).all()
    scores = expected_spend(found.parameters, repeats, spend)
    assert np.isfinite(scores).all()
    assert found.words
