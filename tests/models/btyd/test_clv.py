"""What customers are worth: events by spend by margin, and money later is worth less."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.btyd.catalogue import MODELS
from regulars_models.btyd.clv import YEAR, lifetime_value
from regulars_models.btyd.compression import history
from regulars_models.btyd.model import Model, expected_events

PARAMETERS = {
    "nbd": (0.38, 12.07),
    "bg-nbd": (0.24, 4.41, 0.79, 2.43),
    "mbg-nbd": (0.52, 6.18, 0.89, 1.61),
    "pareto-nbd": (0.55, 10.58, 0.61, 11.67),
}
KNOWN = history([0, 2, 20], [0, 30.43, 38.0], [38.86, 38.86, 38.86])
SPEND = np.array([30.0, 25.0, 60.0])
EACH = pytest.mark.parametrize(
    ("model", "parameters"), [(MODELS[name], np.array(each)) for name, each in PARAMETERS.items()]
)


@EACH
def test_without_discount_it_is_events_by_spend_by_margin(
    model: Model, parameters: np.ndarray
) -> None:
    value = lifetime_value(model, parameters, KNOWN, SPEND, horizon=52, margin=0.3)

    events = expected_events(model, parameters, KNOWN, 52)
    assert value == pytest.approx(0.3 * SPEND * events, rel=1e-12)


@EACH
def test_discounted_it_is_the_sum_of_small_steps(model: Model, parameters: np.ndarray) -> None:
    times = np.linspace(0, 156, 469)
    events = np.array([expected_events(model, parameters, KNOWN, time) for time in times])
    middle = (times[1:] + times[:-1]) / 2
    steps = np.diff(events, axis=0) * 1.15 ** -(middle / YEAR)[:, None]
    value = lifetime_value(model, parameters, KNOWN, SPEND, horizon=156, discount=0.15)

    assert value == pytest.approx(SPEND * steps.sum(axis=0), rel=2e-5)


@EACH
def test_a_tiny_discount_changes_next_to_nothing(model: Model, parameters: np.ndarray) -> None:
    plain, tiny = (
        lifetime_value(model, parameters, KNOWN, SPEND, horizon=52, discount=each)
        for each in (0.0, 1e-9)
    )

    assert tiny == pytest.approx(plain, rel=1e-8)


@pytest.mark.parametrize("given", [{"horizon": 0}, {"horizon": np.inf}, {"horizon": np.nan}])
def test_a_horizon_that_is_none_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="horizon"):
        lifetime_value(MODELS["nbd"], np.array(PARAMETERS["nbd"]), KNOWN, SPEND, **given)


def test_a_discount_that_takes_all_is_refused() -> None:
    with pytest.raises(ValueError, match="discount"):
        lifetime_value(
            MODELS["nbd"], np.array(PARAMETERS["nbd"]), KNOWN, SPEND, horizon=9, discount=-1
        )
