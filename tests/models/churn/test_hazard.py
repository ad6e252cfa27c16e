"""The hazard by periods: it recovers what was planted, and looks ahead period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars_models.churn.hazard import estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = ["days subscribed", "visits"]


def drawn(seed: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    chance = np.random.default_rng(seed)
    inputs = np.column_stack([chance.uniform(0, 400, count), chance.poisson(5, count)])
    odds = -1 - 0.5 * np.log1p(inputs[:, 0] / 30) - 0.3 * (inputs[:, 1] - 5)
    return inputs, chance.random(count) < 1 / (1 + np.exp(-odds))


def test_it_recovers_what_was_planted() -> None:
    found = estimate(NAMES, *drawn(1, 40_000), 30.0, shop=False)
    kept, errors = found.law.kept()["coefficients"], found.errors
    planted = {
        "constant": 0.5, "days subscribed": 0.0, "log days subscribed": -0.5, "visits": -0.3
    }  # fmt: skip

    assert kept.keys() == errors.keys() == planted.keys()
    for name, value in planted.items():
        assert abs(kept[name] - value) < 3 * errors[name] + 0.005, name
    assert errors["visits"] < 0.02


def test_half_are_gone_when_the_periods_risks_say_so() -> None:
    law = estimate(NAMES, *drawn(2, 5_000), 30.0, shop=False).law
    someone = np.array([[60.0, 3.0]])

    (days,) = law.half(someone, 400.0)

    left, since = 1.0, 60.0
    while left * (1 - law.risk(np.array([[since, 3.0]]))[0]) > 0.5:
        left *= 1 - law.risk(np.array([[since, 3.0]]))[0]
        since += 30
    assert since < 60 + days <= since + 30
    assert np.isnan(law.half(someone, 60 + days - 1)).all()  # so long nobody was seen


def test_unknown_inputs_are_an_input_of_their_own() -> None:
    inputs, left = drawn(3, 5_000)
    unknown = np.arange(len(inputs)) % 3 == 0
    inputs[unknown, 1] = np.nan
    left[unknown] = np.arange(unknown.sum()) % 2 == 0

    law = estimate(NAMES, inputs, left, 30.0, shop=False).law

    assert "visits unknown" in law.kept()["coefficients"]
    assert law.risk(np.array([[200.0, np.nan]]))[0] == pytest.approx(0.5, abs=0.05)
    assert law.risk(np.array([[200.0, 5.0]]))[0] < 0.3


def test_what_separates_all_from_all_stays_finite() -> None:
    inputs = np.column_stack([np.full(100, 10.0), np.arange(100) < 50])

    found = estimate(NAMES, inputs, inputs[:, 1] > 0, 30.0, shop=False)

    assert 0.5 < found.law.risk(inputs)[0] < 1
    assert all(np.isfinite(list(found.law.kept()["coefficients"].values())))
    assert found.errors.keys() == {"constant", "visits"}  # time was the same for all
