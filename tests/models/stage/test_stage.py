"""Stages by rules: the last one whose rules hold."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, ModelData, ModelEvents
from regulars.testing import ModelConformance
from regulars_models.stage.kind import STAGE, Stage
from regulars_models.stage.rules import fit, score

NOW = 20_000 * DAY


class TestStage(ModelConformance):
    kind = STAGE
    settings = {"event": "order", "interest": ["visit", "cart"]}


class TestStagesOfOnesOwn(ModelConformance):
    kind = STAGE
    settings = {
        "stages": {
            "guest": [],
            "friend": [{"event": "order", "at_least": 3}, {"trait": "spend", "at_least": 2}],
        }
    }


def stages(config: Stage, traits: dict[str, Any] | None = None, **days_ago: Any) -> list[Any]:
    """The stage of each customer; of an event, days ago by customer."""
    events = {}
    people = max(len(each) for each in [*days_ago.values(), *(traits or {}).values()])
    for name, by_customer in days_ago.items():
        who = np.arange(len(by_customer)).repeat([len(each) for each in by_customer])
        ago = np.concatenate([np.array(each, float) for each in by_customer])
        at = NOW - (ago * DAY).astype(np.int64)
        events[name] = ModelEvents(who, at, np.ones_like(who))
    known = {name: np.array(values, float) for name, values in (traits or {}).items()}
    data = ModelData(NOW, ZoneInfo("UTC"), np.arange(people), events, known)
    fitted = fit(config, data, 0)
    assert not isinstance(fitted, str)
    return list(score(config, fitted, data)["stage"])


def test_a_customer_goes_from_awareness_to_loyalty() -> None:
    config = Stage(event="order", interest=("visit",), loyal=3)
    found = stages(
        config,
        order=[[], [], [400], [400, 3], [3, 2, 1], [400, 399, 398]],
        visit=[[], [5], [], [], [], []],
    )
    assert found == ["awareness", "consideration", *["purchase"] * 2, "loyalty", "purchase"]


def test_interest_of_long_ago_is_none() -> None:
    config = Stage(event="order", interest=("visit", "cart"), within="30d")
    found = stages(config, order=[[]] * 3, visit=[[31], [], []], cart=[[], [2], []])
    assert found == ["awareness", "consideration", "awareness"]


def test_a_playbook_writes_stages_of_its_own() -> None:
    config = Stage.model_validate(
        {
            "stages": {
                "small": [{"trait": "spend", "at_most": 50}],
                "big": [{"trait": "spend", "at_least": 51}, {"event": "order", "at_most": 2}],
            }
        }
    )
    found = stages(config, {"spend": [10, 60, 60, np.nan]}, order=[[], [], [1, 2, 3], []])
    assert found == ["small", "big", None, None]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({}, "write one of them"),
        ({"event": "order", "trait": "spend"}, "write one of them"),
        ({"trait": "spend"}, "compare the trait"),
        ({"trait": "spend", "at_least": 1, "within": "3d"}, "within is for events"),
        ({"event": "order", "at_least": -2}, "everybody has -2 events; write 1 or more"),
        ({"event": "order", "at_most": -1}, "nobody has -1 events"),
        ({"trait": "spend", "at_least": 5, "at_most": 2}, "nobody has both"),
        ({"trait": "spend", "at_least": float("nan")}, "finite number"),
    ],
)
def test_a_rule_that_says_nothing_clear_is_refused(rule: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Stage.model_validate({"stages": {"one": [rule]}})


def test_stages_of_ones_own_exclude_the_usual_ones() -> None:
    with pytest.raises(ValidationError, match="stages of your own exclude event, loyal; write"):
        Stage.model_validate({"event": "order", "loyal": 3, "stages": {"one": []}})
    with pytest.raises(ValidationError, match="write the event that customers come for"):
        Stage.model_validate({})


def test_a_trait_that_is_less_than_nothing_may_be_asked_for() -> None:
    rules = {"in debt": [{"trait": "balance", "at_most": -1}]}
    assert stages(Stage.model_validate({"stages": rules}), {"balance": [-5, 0]}) == [
        "in debt",
        None,
    ]
