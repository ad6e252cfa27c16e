"""Weibull: shape and effects are those that scipy finds, and those that were planted."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.churn.rows import Rows
from regulars_models.churn.weibull import estimate
from scipy import stats


def drawn(seed: int, count: int, shape: float, effect: float) -> tuple[Rows, Rows]:
    """Customers followed from the beginning for up to 200 days; and only from a later day on."""
    chance = np.random.default_rng(seed)
    x = chance.normal(size=count)
    risk = np.exp(-shape * np.log(100) + effect * x)
    end = (chance.exponential(size=count) / risk) ** (1 / shape)
    stop, begin = chance.uniform(50, 200, count), chance.uniform(0, 60, count)
    days = np.minimum(end, stop)
    whole = Rows(np.column_stack([np.zeros(count), x]), days, end <= stop)
    there = days > begin
    late = np.column_stack([begin, x])[there]
    return whole, Rows(late, (days - begin)[there], whole.happened[there])


def test_without_covariates_it_agrees_with_scipy() -> None:
    rows, _ = drawn(1, 2_000, 1.6, 0.0)
    alone = Rows(rows.inputs[:, :1], rows.days, rows.happened)
    censored = stats.CensoredData(
        uncensored=rows.days[rows.happened], right=rows.days[~rows.happened]
    )
    shape, _, scale = stats.weibull_min.fit(censored, floc=0)

    found = estimate([], alone)

    assert found.law.shape == pytest.approx(shape, rel=1e-3)
    assert found.law.kept()["coefficients"]["constant"] == pytest.approx(
        -shape * np.log(scale), rel=1e-3
    )
    likelihood = stats.weibull_min.logpdf(rows.days[rows.happened], shape, 0, scale).sum()
    likelihood += stats.weibull_min.logsf(rows.days[~rows.happened], shape, 0, scale).sum()
    assert found.log_likelihood == pytest.approx(likelihood, abs=1e-2)


@pytest.mark.parametrize("late", [False, True])
def test_it_recovers_what_was_planted_also_of_those_who_are_known_late(late: bool) -> None:  # noqa: FBT001
    rows = drawn(2, 6_000, 0.7, 0.8)[late]
    found = estimate(["x"], rows)
    kept, errors = found.law.kept(), found.errors

    assert abs(kept["shape"] - 0.7) < 3 * errors["shape"]
    assert abs(kept["coefficients"]["x"] - 0.8) < 3 * errors["x"]
    assert abs(kept["coefficients"]["constant"] + 0.7 * np.log(100)) < 3 * errors["constant"]
    assert errors["x"] < 0.05


def test_standard_errors_are_how_much_estimates_differ() -> None:
    several = [estimate(["x"], drawn(seed, 400, 1.2, 0.5)[0]) for seed in range(100)]
    shapes = [each.law.shape for each in several]
    told = [each.errors["shape"] for each in several]

    assert np.std(shapes) == pytest.approx(np.mean(told), rel=0.25)


def test_half_have_left_when_their_risk_is_a_half() -> None:
    law = estimate(["x"], drawn(3, 1_000, 1.3, 0.5)[0]).law
    inputs = np.array([[0.0, 0.0], [40.0, 1.0], [80.0, -1.0]])

    assert [
        law.happens(inputs[row : row + 1], float(law.half(inputs)[row]))[0] for row in range(3)
    ] == pytest.approx([0.5] * 3)
