"""What a model expects of all customers together runs beside what they did."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.btyd.catalogue import MODELS
from regulars_models.btyd.compression import history
from regulars_models.btyd.model import expected_events
from regulars_models.btyd.summary import visits
from regulars_models.btyd.tracking import expected_curve, tracking

from tests.models.btyd.cdnow import UTC_ZONE, cdnow

FITTED = {
    "bg-nbd": (0.242593, 4.413532, 0.792886, 2.425754),
    "mbg-nbd": (0.524838, 6.182992, 0.891356, 1.613999),
    "pareto-nbd": (0.553276, 10.577613, 0.606214, 11.667916),
}
DAY = 86_400_000_000


@pytest.mark.parametrize("name", FITTED)
def test_the_curve_meets_what_cdnow_did_while_it_was_learnt(name: str) -> None:
    """2,457 repeat purchases in 39 weeks; all three models are within 5 % at the end."""
    curve = expected_curve(
        MODELS[name], np.array(FITTED[name]), cdnow().summary.age, [0, 10, 20, 38.86]
    )

    assert curve[0] == 0
    assert (np.diff(curve) > 0).all()
    assert curve[-1] == pytest.approx(2457, rel=0.05)


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize("alpha", [0.01, 5.0])
def test_the_curve_is_the_sum_of_what_is_expected_of_each(name: str, alpha: float) -> None:
    parameters = np.array([0.5, alpha, *FITTED[name][2:]])
    ages, weeks = np.array([600.0, 600.0, 250.0, 3.0]), np.array([1.0, 100.0, 350.0, 360.0, 600.0])
    new = history([0], [0], [0])
    each = [
        sum(
            expected_events(MODELS[name], parameters, new, max(week - (600 - age), 0))[0]
            for age in ages
        )
        for week in weeks
    ]

    found = expected_curve(MODELS[name], parameters, ages, weeks)
    assert found == pytest.approx(each, rel=2e-3 if alpha > 1 else 2e-2)


def test_what_came_is_counted_until_each_week() -> None:
    days = np.array([0, 7, 14, 14, 35])
    known = visits([1, 1, 1, 2, 2], days * DAY, None, 70 * DAY, UTC_ZONE)
    curves = tracking(MODELS["mbg-nbd"], np.array(FITTED["mbg-nbd"]), known)

    weeks = np.array(curves["weeks"])
    assert (weeks[0], weeks[-1], len(weeks)) == (0, 10, 71)
    assert np.interp([0.9, 1, 2, 4.9, 5, 10], weeks, curves["actual"])[1:].tolist() == [
        *(1, 2, pytest.approx(2.3, abs=0.01), 3, 3)
    ]
    assert curves["expected"][0] == 0


def test_a_long_history_has_a_hundred_points_at_most() -> None:
    known = visits([1, 1, 2], np.array([0, 900, 3]) * DAY, None, 1_000 * DAY, UTC_ZONE)

    curves = tracking(MODELS["bg-nbd"], np.array(FITTED["bg-nbd"]), known)
    assert {len(curve) for curve in curves.values()} == {100}
    assert curves["actual"][-1] == 1


def test_nobody_and_who_came_today_are_no_curve() -> None:
    model, parameters = MODELS["mbg-nbd"], np.array(FITTED["mbg-nbd"])

    assert expected_curve(model, parameters, [], [1, 2]).tolist() == [0, 0]
    assert expected_curve(model, parameters, [0, 0], [0]).tolist() == [0]
