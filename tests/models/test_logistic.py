from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from regulars_models.logistic import calibration, errors, fit_logistic, log_loss
from scipy.special import expit

TABLE = np.repeat([[1.0, 0], [1, 0], [1, 1], [1, 1]], [10, 90, 30, 70], axis=0)
CAME = np.repeat([1.0, 0, 1, 0], [10, 90, 30, 70])


def test_of_a_table_of_four_it_finds_the_odds_and_their_errors() -> None:
    found = fit_logistic(TABLE, CAME)
    assert found.coefficients == pytest.approx([np.log(10 / 90), np.log(30 / 70 * 9)])
    spread = np.sqrt(np.diag(np.linalg.inv(found.curvature)))
    assert spread == pytest.approx(
        [(1 / 10 + 1 / 90) ** 0.5, (1 / 10 + 1 / 90 + 1 / 30 + 1 / 70) ** 0.5]
    )
    entropy = 100 * (0.1 * np.log(0.1) + 0.9 * np.log(0.9) + 0.3 * np.log(0.3) + 0.7 * np.log(0.7))
    assert found.log_likelihood == pytest.approx(entropy)


def test_a_share_of_customers_who_came_says_as_much_as_these_customers() -> None:
    few = fit_logistic(np.array([[1.0, 0], [1, 1]]), np.array([0.1, 0.3]), weight=100.0)
    assert few.coefficients == pytest.approx(fit_logistic(TABLE, CAME).coefficients)


def test_what_is_known_besides_is_not_learned_again() -> None:
    known = np.array([0.5, -0.2])
    rest = fit_logistic(TABLE, CAME, offset=TABLE @ known)
    assert rest.coefficients + known == pytest.approx(fit_logistic(TABLE, CAME).coefficients)


def test_a_ridge_does_what_it_does_elsewhere() -> None:
    random = np.random.default_rng(1)
    features = random.normal(size=(300, 3))
    came = (random.random(300) < expit(features @ [1, -1, 0] - 0.5)).astype(float)
    with_one = np.column_stack([np.ones(300), features])
    found = fit_logistic(with_one, came, ridge=[0, 4, 4, 4]).coefficients
    linear_model = import_module("sklearn.linear_model")  # it comes without types
    theirs = linear_model.LogisticRegression(C=1 / 4, tol=1e-10).fit(features, came)
    assert found == pytest.approx([*theirs.intercept_, *theirs.coef_[0]], abs=1e-5)


def test_what_tells_everybody_apart_stays_finite() -> None:
    features = np.column_stack([np.ones(20), np.repeat([-1.0, 1], 10), np.zeros(20)])
    found = fit_logistic(features, np.repeat([0.0, 1], 10), ridge=[0, 0.1, 0])
    assert np.isfinite(found.coefficients).all()
    assert found.coefficients[2] == 0


def test_saying_the_same_of_a_customer_four_times_makes_nobody_surer() -> None:
    customer = np.arange(200)
    spreads = []
    for times in (1, 4):
        rows, came = np.repeat(TABLE, times, axis=0), np.repeat(CAME, times)
        found = fit_logistic(rows, came)
        residual = came - expit(rows @ found.coefficients)
        spreads.append(errors(found, rows, residual, np.repeat(customer, times)))
    assert spreads[0] == pytest.approx(spreads[1])
    assert spreads[0] == pytest.approx([1 / 3, (1 / 9 + 1 / 21) ** 0.5], rel=1e-4)


def test_calibration_takes_back_what_was_said_too_boldly() -> None:
    random = np.random.default_rng(2)
    true = random.normal(size=5000)
    came = (random.random(5000) < expit(true)).astype(float)
    constant, slope = calibration(2 * true + 1, came)
    assert constant == pytest.approx(-0.5, abs=0.1)
    assert slope == pytest.approx(0.5, abs=0.05)
    assert log_loss((2 * true + 1) * slope + constant, came) < log_loss(2 * true + 1, came)


def test_what_ranks_the_wrong_way_round_says_nothing() -> None:
    random = np.random.default_rng(3)
    true = random.normal(size=5000)
    came = (random.random(5000) < expit(true)).astype(float)
    constant, slope = calibration(-true, came)
    assert constant == pytest.approx(np.log(came.sum() / (1 - came).sum()))
    assert slope == 0
