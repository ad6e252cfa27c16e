"""The net promoter score of a shop, and what each customer answered."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents
from regulars.testing import ModelConformance, World, made_up
from regulars_models.nps.answers import fit, score
from regulars_models.nps.kind import NPS, Nps

NOW = 20_000 * DAY


class TestNps(ModelConformance):
    kind = NPS
    settings = {"answer": "survey.answer", "within": "2y"}

    def world(self) -> World:
        made = made_up(self.model.reads, amounts=(0, 10))
        for events in made.events.values():
            np.round(events.amounts["answer"], out=events.amounts["answer"])
        return made


def answered(*answers: float, days_ago: int = 1) -> ModelData:
    """A customer for each answer, and one who said nothing."""
    people = np.arange(len(answers))
    at = np.full(len(answers), NOW - days_ago * DAY)
    amounts = {"answer": np.array(answers, float)}
    events = ModelEvents(people, at, np.ones_like(people), amounts)
    return ModelData(NOW, ZoneInfo("UTC"), np.arange(len(answers) + 1), {"survey": events})


CONFIG = Nps(answer="survey.answer")


def test_the_score_is_promoters_less_detractors_with_an_interval() -> None:
    fitted = fit(CONFIG, answered(*[10] * 6, *[8] * 3, *[2]), 0)
    assert isinstance(fitted, Fitted)
    assert fitted.metrics["nps"] == pytest.approx(50)
    assert fitted.metrics["nps_low"] < 20
    assert 50 < fitted.metrics["nps_high"] < 90


def test_the_interval_holds_what_it_promises_at_twenty_answers() -> None:
    random, held = np.random.default_rng(1), 0
    for _ in range(400):
        given = random.choice([10.0, 8.0, 3.0], 20, p=[0.5, 0.3, 0.2])
        fitted = fit(CONFIG, answered(*given), 0)
        assert isinstance(fitted, Fitted)
        held += fitted.metrics["nps_low"] <= 30 <= fitted.metrics["nps_high"]
    assert held >= 370


def test_each_customer_is_in_a_group_by_their_last_answer() -> None:
    data = answered(9, 8, 7, 6, 0, 11, 5.5)
    told = score(CONFIG, Fitted({}), data)
    assert told["group"].tolist() == [
        *("promoter", "passive", "passive", "detractor", "detractor"),
        *[None] * 3,
    ]


def test_an_answer_of_long_ago_is_over() -> None:
    told = fit(CONFIG, answered(9, days_ago=400), 0)
    assert told == "Nobody has answered 'survey.answer' with 0 to 10 within 1y."


@pytest.mark.parametrize("written", ["answer", "survey.", ".answer", ""])
def test_an_answer_without_its_event_is_told_how_to_write_it(written: str) -> None:
    with pytest.raises(ValidationError, match="write event and property, as review"):
        Nps(answer=written)
