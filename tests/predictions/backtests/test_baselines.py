"""What anybody could have said without a model."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from regulars.hooks import DAY, Foresees, ModelData, ModelEvents
from regulars.predictions.backtests.baselines import baselines
from regulars.predictions.backtests.logistic import logistic
from regulars.predictions.backtests.measures import came
from regulars.predictions.backtests.quality import Quality, area

PURCHASES = Path(__file__).parents[3] / "examples" / "cdnow" / "purchases.csv"
SEEN = int(np.datetime64("1997-09-30", "us").astype(np.int64))
UTC = ZoneInfo("UTC")


@cache
def cdnow() -> ModelData:
    with PURCHASES.open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    who = np.array([int(row["customer_id"]) for row in read])
    at = np.array([row["date"] for row in read], dtype="M8[us]").astype(np.int64)
    spent = np.array([float(row["amount"]) for row in read])
    order = np.lexsort((at, who))
    customers, rows = np.unique(who[order], return_inverse=True)
    times = np.ones(len(at), np.int64)
    orders = ModelEvents(rows, at[order], times, {"total": spent[order]})
    return ModelData(int(at.max()), UTC, customers, {"order": orders})


def test_recency_alone_foretells_cdnow_as_well_as_it_is_known_to() -> None:
    data = cdnow()
    foreseen = Foresees("order", 39 * 7 * DAY)
    actual = came(foreseen, data, SEEN, SEEN + foreseen.within)
    found = baselines(foreseen, data, SEEN, np.arange(len(data)), actual)

    assert len(data) == 2357
    assert found["recency alone"].auc == pytest.approx(0.7714, abs=5e-5)
    assert "logistic on RFM" not in found  # it would need 78 weeks before
    gone = baselines(
        Foresees("order", foreseen.within, "none"), data, SEEN, np.arange(len(data)), 1 - actual
    )
    assert gone["recency alone"].auc == pytest.approx(found["recency alone"].auc)
    assert gone["frequency alone"].auc == pytest.approx(found["frequency alone"].auc)


def test_the_time_before_is_told_as_an_amount_and_ranks() -> None:
    data, foreseen = cdnow(), Foresees("order", 39 * 7 * DAY, "events")
    actual = came(foreseen, data, SEEN, SEEN + foreseen.within)
    found = baselines(foreseen, data, SEEN, np.arange(len(data)), actual)
    before = found["as in the time before"]
    assert before.total == (data.events["order"].at <= SEEN).sum()
    assert before.error is not None
    assert (found["recency alone"].total, found["recency alone"].error) == (None, None)


@pytest.mark.parametrize("measure", ["any", "events"])
def test_a_regression_on_habits_needs_three_horizons_and_beats_recency(measure: str) -> None:
    data, foreseen = cdnow(), Foresees("order", 25 * 7 * DAY, measure)  # type: ignore[arg-type]
    cutoff = data.now - foreseen.within
    actual = came(foreseen, data, cutoff, data.now)
    found = baselines(foreseen, data, cutoff, np.arange(len(data)), actual)
    regression, recency = found["logistic on RFM"], found["recency alone"]
    assert regression.auc is not None
    assert recency.auc is not None
    assert regression.auc > recency.auc
    assert (regression.total is None) == (measure == "events")


def test_it_finds_the_weights_that_were_planted() -> None:
    chance = np.random.default_rng(3)
    features = chance.normal(size=(20_000, 2))
    truth = 1 / (1 + np.exp(-(0.5 + features @ [1.0, -2.0])))
    found = logistic(features, chance.random(20_000) < truth, features)
    assert found is not None
    assert np.abs(found - truth).max() < 0.03


def test_what_all_did_or_what_can_be_told_apart_surely_needs_no_luck() -> None:
    line = np.arange(10.0)[:, None]
    assert logistic(line, np.ones(10, bool), line) is None
    found = logistic(line, np.arange(10) > 4, line)
    assert found is not None
    assert np.isfinite(found).all()
    constant = logistic(np.ones((10, 1)), np.arange(10) > 4, np.ones((1, 1)))
    assert constant == pytest.approx([0.5])


def test_ties_count_half_and_without_both_kinds_there_is_no_area() -> None:
    assert area(np.arange(4.0), np.array([0, 0, 1.0, 1])) == 1
    assert area(np.ones(4), np.array([0, 0, 1.0, 1])) == 0.5
    assert area(np.array([-np.inf, 1, 2]), np.array([0, 0, 2.0])) == 1
    assert area(np.arange(2.0), np.ones(2)) is None


def test_quality_is_the_total_and_how_far_it_was_off() -> None:
    found = Quality.of("events", np.array([1.0, 2.0]), np.array([0.0, 4.0]))
    assert (found.auc, found.total, found.error, found.brier) == (1, 3, 1.5, None)


def test_a_probability_is_not_better_for_saying_that_nobody_will() -> None:
    came_of_it = np.array([1.0, 0.0, 0.0, 0.0])
    honest = Quality.of("any", np.full(4, 0.25), came_of_it)
    never = Quality.of("any", np.zeros(4), came_of_it)
    assert (honest.error, honest.brier, never.brier) == (None, 0.1875, 0.25)


def test_the_time_before_is_left_out_where_it_is_the_same_of_everybody() -> None:
    at = np.array([80, 100]) * DAY
    events = ModelEvents(np.arange(2), at, np.ones(2, np.int64))
    data = ModelData(100 * DAY, UTC, np.arange(2), {"leave": events})
    found = baselines(
        Foresees("leave", 10 * DAY), data, 90 * DAY, np.arange(2), np.array([0.0, 1.0])
    )
    assert "as in the time before" not in found


def test_a_night_with_a_clock_change_is_one_day() -> None:
    hours = ["1997-10-26T04:30", "1997-10-27T04:30", "1997-10-27T05:30"]  # in New York
    at = np.array(hours, dtype="M8[us]").astype(np.int64)
    events = ModelEvents(np.zeros(3, np.int64), at, np.ones(3, np.int64))
    data = ModelData(int(at[-1]), ZoneInfo("America/New_York"), np.array([7]), {"order": events})
    since = int(at[0]) - 1
    assert came(Foresees("order", DAY, "days"), data, since, data.now).tolist() == [2]
    assert came(Foresees("order", DAY, "events"), data, since, data.now).tolist() == [3]
