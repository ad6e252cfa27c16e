from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from regulars.hooks import DAY, ModelData, ModelEvents
from regulars_models.soon import past as module
from regulars_models.soon.past import folds, known, past

if TYPE_CHECKING:
    import pytest

NOW = 20_000 * DAY


def as_of(ago: int, spend: list[float], earlier: tuple[ModelData, ...] = ()) -> ModelData:
    """The customer in row 0 ordered 70 and 20 days ago, in row 1 40 days ago, in row 2 never."""
    all_events = ModelEvents(
        np.array([0, 0, 1]), NOW - np.array([70, 20, 40]) * DAY, np.ones(3, np.int64)
    )
    now = NOW - ago * DAY
    events = {"order": all_events.until(now)}
    traits = {"spend": np.array(spend)}
    return ModelData(now, ZoneInfo("UTC"), np.array([5, 6, 9]), events, traits, earlier=earlier)


SHOP = as_of(0, [9, 5, 0], (as_of(30, [4, 5, 0]), as_of(60, [4, 0, 0]), as_of(90, [0, 0, 0])))


def test_who_was_known_at_a_cutoff_is_held_against_the_time_after_it() -> None:
    rows = past(SHOP, "order", ["spend"], 30 * DAY)
    assert rows.customer.tolist() == [0, 1, 0]
    assert rows.values.tolist() == [[4], [5], [4]]
    assert rows.came.tolist() == [1, 0, 0]


def test_a_trait_that_says_something_makes_somebody_known() -> None:
    assert known(as_of(0, [0, np.nan, 3]), "order", ["spend"]).tolist() == [True, True, True]
    assert known(as_of(90, [0, np.nan, 3]), "order", ["spend"]).tolist() == [False, False, True]


def test_without_a_cutoff_there_is_nothing_to_learn_from() -> None:
    assert len(past(as_of(0, [1, 1, 1]), "order", ["spend"], DAY)) == 0


def test_of_very_many_rows_some_customers_are_drawn_with_all_of_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST", 500)
    people = np.arange(1000)
    none = ModelEvents(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
    then = ModelData(
        NOW, ZoneInfo("UTC"), people, {"order": none}, {"spend": np.arange(1.0, 1001.0)}
    )
    data = ModelData(NOW, ZoneInfo("UTC"), people, {"order": none}, earlier=[then, then])
    rows = past(data, "order", ["spend"], DAY, seed=1)
    assert 400 < len(rows) < 600
    assert (np.bincount(rows.customer)[rows.customer] == 2).all()


def test_no_customer_is_in_two_folds_and_all_folds_are_alike() -> None:
    random = np.random.default_rng(1)
    customer = random.integers(0, 300, 1000)
    came = (random.random(1000) < 0.1).astype(float)
    fold = folds(customer, came, seed=7)
    assert all(len(np.unique(fold[customer == each])) == 1 for each in np.unique(customer))
    ever = np.unique(customer[came > 0])
    counts = [len(np.intersect1d(ever, customer[fold == each])) for each in range(5)]
    assert max(counts) - min(counts) <= 1
    assert (fold == folds(customer, came, seed=7)).all()
