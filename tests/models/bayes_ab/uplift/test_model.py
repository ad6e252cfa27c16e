"""Uplift as a model: what it learned is kept as numbers, and scores as it did before."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from regulars.hooks import Fitted, ModelData
from regulars_models.bayes_ab.uplift import learning
from regulars_models.bayes_ab.uplift.model import UPLIFT

from .planted import TRAITS, planted, some, units

if TYPE_CHECKING:
    from regulars.hooks import GoalKind, Trial

CONFIG = UPLIFT.config.model_validate({"experiment": "x", "traits": list(TRAITS)})
VISITS = np.array([0.1, 0.9, np.nan])
SPEND = np.array([0.0, 1.0, -1.0])


def data(trial: Trial | None) -> ModelData:
    traits = {"visits": VISITS, "spend": SPEND}
    return ModelData(
        trial.now if trial else 0, ZoneInfo("UTC"), np.arange(3), {}, traits, {}, trial
    )


def learned(trial: Trial, **settings: Any) -> Fitted:
    config = CONFIG.model_copy(update=settings)
    answer = UPLIFT.fit(config, data(trial), 0)
    assert isinstance(answer, Fitted), answer
    return answer


@pytest.mark.parametrize("kind", ["conversion", "revenue"])
def test_it_scores_with_what_it_learned(kind: GoalKind) -> None:
    trial = planted(1, some, kind=kind)

    scores = UPLIFT.score(CONFIG, learned(trial), data(trial))

    direct = learning.scores(learning.learned(units(trial)), np.column_stack([VISITS, SPEND]))
    assert scores["gain"].tolist() == direct.tolist()
    assert scores["gain"][1] > 5 * abs(scores["gain"][0])


def test_where_less_is_better_those_gain_who_do_it_less() -> None:
    trial = planted(1, lambda visits: -0.1 * (visits > 0.5), n=4000, better="less")
    low, high, _ = UPLIFT.score(CONFIG, learned(trial), data(trial))["gain"]
    assert high > 0.05
    assert high > low


def test_it_says_what_is_missing() -> None:
    trial = planted(1, some, 500)
    unknown = {name: np.full(500, np.nan) for name in TRAITS}
    unnoted = dataclasses.replace(trial, units=dataclasses.replace(trial.units, traits=unknown))
    goalless = dataclasses.replace(trial, outcomes=())
    nothing = planted(2, lambda visits: 0 * visits)
    told = [UPLIFT.fit(CONFIG, data(each), 0) for each in (None, goalless, unnoted, nothing)]
    assert [str(sentence).partition(":")[0] for sentence in told] == [
        "The experiment 'x' has no goal; write one.",
        "The experiment 'x' has no goal; write one.",
        "Of nobody these traits were noted at exposure yet; they are from now on.",
        f"Nothing tells yet who gains more from '{trial.arms[1]}'",
    ]


@pytest.mark.parametrize("named", [{"arm": "other"}, {"goal": "other"}])
def test_a_name_that_the_experiment_does_not_know_is_told(named: dict[str, str]) -> None:
    told = UPLIFT.fit(CONFIG.model_copy(update=named), data(planted(1, some, 500)), 0)
    assert "no " + next(iter(named)) + " 'other'" in str(told)
