"""Who can still leave: restarts count anew, and who is gone already can't."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, ModelData, ModelEvents
from regulars_models.churn.kind import CHURN, ChurnSettings
from regulars_models.churn.standing import pauses, standing, subscriptions

NOW = 100 * DAY
SUBSCRIPTION = ChurnSettings(starts="start", ends="end")
SHOP = ChurnSettings(event="order", silent="30d")


def events(*happened: tuple[int, float]) -> ModelEvents:
    """Each by its customer and its day."""
    rows = np.array(sorted(happened)).reshape(-1, 2)
    at = (rows[:, 1] * DAY).astype(np.int64)
    return ModelEvents(rows[:, 0].astype(np.int64), at, np.ones(len(rows), np.int64))


def data(people: int = 4, **of: ModelEvents) -> ModelData:
    return ModelData(NOW, ZoneInfo("UTC"), np.arange(people), of)


def test_who_starts_again_has_another_subscription() -> None:
    starts = events((0, 10), (0, 50), (1, 20), (1, 30), (2, 5))
    ends = events((0, 40), (2, 25), (2, 26), (3, 1))

    found = subscriptions(starts, ends, NOW)

    assert found.customer.tolist() == [0, 0, 1, 2]
    assert found.days().tolist() == [30, 50, 80, 20]
    assert found.over.tolist() == [True, False, False, True]
    stood = standing(SUBSCRIPTION, data(start=starts, end=ends))
    assert stood.customers.tolist() == [0, 1]
    assert stood.inputs.tolist() == [[50], [80]]


def test_who_changes_the_plan_at_once_goes_on_anew() -> None:
    found = subscriptions(events((0, 10), (0, 40)), events((0, 40)), NOW)

    assert found.days().tolist() == [30, 60]
    assert found.over.tolist() == [True, False]


def test_of_a_shop_those_can_leave_who_came_lately() -> None:
    orders = events((0, 20), (0, 95), (1, 60), (2, 71), (2, 71))

    stood = standing(SHOP, data(order=orders))

    assert stood.customers.tolist() == [0, 2]
    assert stood.inputs.tolist() == [[5, 2, 80], [29, 2, 29]]


def test_pauses_are_followed_no_longer_than_it_matters() -> None:
    found = pauses(events((0, 10), (0, 30), (1, 0), (1, 99), (2, 50), (2, 50)), NOW, 60 * DAY)

    assert list(zip(found.days().tolist(), found.over.tolist(), strict=True)) == [
        (20, True), (60, False), (60, False), (1, False), (50, False),
    ]  # fmt: skip


def test_nobody_has_nothing() -> None:
    none = events()

    assert len(subscriptions(none, none, NOW).days()) == len(pauses(none, NOW, DAY).days()) == 0
    assert standing(SUBSCRIPTION, data(start=none, end=none)).inputs.shape == (0, 1)
    assert standing(SHOP, data(order=none)).inputs.shape == (0, 3)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "write starts and ends"),
        ({"starts": "a"}, "write starts and ends"),
        ({"event": "a"}, "write starts and ends"),
        ({"starts": "a", "ends": "b", "event": "c", "silent": "9d"}, "write starts and ends"),
        ({"event": "a", "silent": "9d", "horizon": "9d"}, "it is as long as silent"),
        (
            {"event": "a", "silent": "9d", "traits": ["x"], "method": "kaplan-meier"},
            "kaplan-meier looks at none",
        ),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ChurnSettings.model_validate(settings)


def test_what_the_risk_foresees_is_what_it_means() -> None:
    of_shop = CHURN.outputs(SHOP)["risk"].foresees
    of_subscription = CHURN.outputs(SUBSCRIPTION)["risk"].foresees

    assert of_shop is not None
    assert (of_shop.event, of_shop.within, of_shop.measure) == ("order", 30 * DAY, "none")
    assert of_subscription is not None
    assert (of_subscription.event, of_subscription.measure) == ("end", "any")
