"""Points that fade, as a level from 0 to 100."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents
from regulars.testing import ModelConformance
from regulars_models.engagement.kind import ENGAGEMENT, Engagement
from regulars_models.engagement.level import explain, fit, score

NOW = 20_000 * DAY


class TestEngagement(ModelConformance):
    kind = ENGAGEMENT
    settings = {"points": {"order": 10, "visit": 1, "complaint": -5}}


def history(**days_ago: tuple[float, ...]) -> ModelData:
    """One customer with events so many days ago, and one without."""
    events = {
        name: ModelEvents(
            np.zeros(len(ago), np.int64),
            NOW - (np.array(ago) * DAY).astype(np.int64),
            np.ones(len(ago), np.int64),
        )
        for name, ago in days_ago.items()
    }
    return ModelData(NOW, ZoneInfo("UTC"), np.array([7, 9]), events)


def level(config: Engagement, data: ModelData) -> list[float]:
    fitted = fit(config, data, 0)
    assert isinstance(fitted, Fitted)
    return list(score(config, fitted, data)["level"])


def test_an_event_counts_half_after_each_half_life() -> None:
    config = Engagement(points={"order": 8}, half_life="10d", middle=2)
    assert level(config, history(order=(0.0,))) == [80, 0]
    assert level(config, history(order=(20.0,))) == [50, 0]
    assert level(config, history(order=(30.0,))) == pytest.approx([100 / 3, 0])


def test_what_counts_less_than_nothing_takes_away_and_never_goes_below_zero() -> None:
    config = Engagement(points={"order": 2, "complaint": -5}, middle=2)
    assert level(config, history(order=(0.0, 0.0), complaint=())) == pytest.approx([200 / 3, 0])
    assert level(config, history(order=(0.0, 0.0), complaint=(0.0,))) == [0, 0]


def test_the_parts_of_a_level_add_up_to_what_it_is_above_the_typical_one() -> None:
    config = Engagement(points={"order": 2, "visit": 1}, middle=2)
    data = history(order=(0.0,), visit=(0.0,))
    fitted = Fitted({"middle": 2.0, "typical": {"order": 0.0, "visit": 0.0}})
    reasons = explain(config, fitted, data)["level"]
    assert [reason.what for reason in reasons] == ["order: 2 points", "visit: 1 points"]
    assert sum(reason.by for reason in reasons) == pytest.approx(60)


def test_without_a_middle_of_its_own_a_few_customers_are_too_few() -> None:
    told = fit(Engagement(points={"order": 1}), history(order=(1.0,)), 0)
    assert told == (
        "1 of 1 customer with 'order' has points to speak of, and 10 are needed to find the middle."
        " Wait for more, or write yourself how many points make 50, as middle."
    )


def shop(*days_ago: float) -> ModelData:
    """Customers who ordered once each, so many days ago."""
    who = np.arange(len(days_ago))
    at = NOW - (np.array(days_ago) * DAY).astype(np.int64)
    events = ModelEvents(who, at, np.ones_like(who))
    return ModelData(NOW, ZoneInfo("UTC"), who, {"order": events})


def test_who_is_away_for_long_neither_makes_the_middle_nor_is_above_it() -> None:
    levels = level(Engagement(points={"order": 10}), shop(*[1] * 20, *[300] * 200, *[600] * 200))

    assert levels[0] == pytest.approx(50)
    assert max(levels[20:]) < 1


def test_a_middle_of_what_is_nearly_gone_is_doubted() -> None:
    faded = fit(Engagement(points={"order": 10}), shop(*[100] * 20), 0)
    fresh = fit(Engagement(points={"order": 10}), shop(*[20] * 20), 0)
    assert isinstance(faded, Fitted)
    assert isinstance(fresh, Fitted)

    (said,) = faded.diagnostics["warnings"]
    assert said.startswith(
        "Half of those who are active have 0.992 points or less, and one 'order'"
    )
    assert said.endswith("write middle: 10, or a longer half_life.")
    assert fresh.diagnostics["warnings"] == []


def test_where_all_points_have_faded_it_says_so() -> None:
    told = fit(Engagement(points={"order": 10}), shop(*[400] * 30), 0)

    assert str(told).startswith("0 of 30 customers with 'order' have points to speak of")
    assert "so long ago that nothing is left of them with a half_life of 30d" in str(told)


@pytest.mark.parametrize("points", [{"order": 0}, {"complaint": -5}, {"order": float("nan")}])
def test_points_that_nobody_could_gain_are_refused(points: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=r"no event counts more than 0|finite number"):
        Engagement(points=points)
