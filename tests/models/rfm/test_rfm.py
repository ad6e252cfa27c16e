"""Fifths by recency, frequency and amount, and the names of cells."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents
from regulars.testing import ModelConformance
from regulars_models.rfm.cells import explain, fit, score
from regulars_models.rfm.kind import CELLS, RFM, Cell, Rfm

from tests.runs.conftest import Client

if TYPE_CHECKING:
    from pathlib import Path

NOW = 20_000 * DAY


class TestRfm(ModelConformance):
    kind = RFM
    settings = {"event": "order", "amount": "total"}


class TestRfmWithoutAmounts(ModelConformance):
    kind = RFM
    settings = {"event": "order"}


def shop(people: int = 100) -> ModelData:
    """The customer in row n came n days ago, 1 + n // 10 times a second apart, for 10 - n each."""
    often = 1 + np.arange(people) // 10
    who = np.arange(people).repeat(often)
    seconds = np.arange(len(who)) - np.searchsorted(who, who)
    at = NOW - who * DAY - (often[who] - 1 - seconds) * 1_000_000
    events = ModelEvents(who, at, np.ones_like(who), {"total": (10.0 - who).astype(np.float64)})
    return ModelData(NOW, ZoneInfo("UTC"), np.arange(people + 1), {"order": events})


def test_customers_are_told_apart_by_fifths_and_who_never_came_has_no_score() -> None:
    config, data = Rfm(event="order", amount="total"), shop()
    fitted = fit(config, data, 0)
    assert isinstance(fitted, Fitted)
    scores = score(config, fitted, data)
    row = [0, 25, 50, 75, 99]

    assert scores["recency"][row].tolist() == [5, 4, 3, 2, 1]
    assert scores["frequency"][row].tolist() == [1, 2, 3, 4, 5]
    assert scores["monetary"][[0, 99]].tolist() == [5, 1]
    assert scores["cell"][row].tolist() == [
        "new",
        "potential loyalists",
        "need attention",
        "at risk",
        "can't lose",
    ]
    assert np.isnan(scores["recency"][100])
    assert scores["cell"][100] is None


def test_every_pair_of_recency_and_frequency_has_a_name() -> None:
    for pair in itertools.product(range(1, 6), repeat=2):
        held = [
            cell.name
            for cell in CELLS
            if cell.recency[0] <= pair[0] <= cell.recency[1]
            and cell.frequency[0] <= pair[1] <= cell.frequency[1]
        ]
        assert len(held) == 1, (pair, held)


def test_a_playbook_may_name_cells_itself() -> None:
    cells = (Cell(name="whales", monetary=(5, 5)), Cell(name="the others"))
    config, data = Rfm(event="order", amount="total", cells=cells), shop()
    fitted = fit(config, data, 0)
    assert isinstance(fitted, Fitted)
    names = score(config, fitted, data)["cell"]
    assert (names[0], names[99], names[100]) == ("whales", "the others", None)


def test_why_tells_what_put_a_customer_above_or_below_the_middle() -> None:
    config, data = Rfm(event="order", amount="order.total"), shop()
    fitted = fit(config, data, 0)
    assert isinstance(fitted, Fitted)
    one = ModelEvents(
        np.zeros(2, int), np.full(2, NOW - DAY), np.ones(2, int), {"total": np.ones(2)}
    )
    told = explain(config, fitted, ModelData(NOW, ZoneInfo("UTC"), np.ones(1, int), {"order": one}))
    assert {name: [(each.what, each.by) for each in reasons] for name, reasons in told.items()} == {
        "recency": [("last order yesterday", 2.0)],
        "frequency": [("order 2 times", -2.0)],
        "monetary": [("total 2.00 in all", 2.0)],
    }


def test_an_amount_is_one_of_the_event() -> None:
    with pytest.raises(ValidationError, match="write a property of 'order'"):
        Rfm(event="order", amount="visit.total")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            [{"name": "whales", "monetary": [5, 5]}],
            "'whales' looks at monetary, which needs amount",
        ),
        ([{"name": "all", "recency": [5, 1]}], "recency: write the lower one first, \\[1, 5\\]"),
        ([{"name": "all"}, {"name": "best", "recency": [5, 5]}], "nobody would be in 'best'"),
        (
            [
                {"name": "old", "recency": [1, 3]},
                {"name": "new", "recency": [4, 5]},
                {"name": "middle", "recency": [3, 4]},
            ],
            "nobody would be in 'middle'",
        ),
        ([], "write one at least"),
    ],
)
def test_cells_that_can_not_be_meant_are_refused(cells: list[object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as caught:
        Rfm.model_validate({"event": "order", "cells": cells})
    assert caught.value.error_count() == 1


def alike(people: int, often: int) -> ModelData:
    """So many came just now, each once or ``often`` times in turn."""
    who = np.arange(people).repeat(np.where(np.arange(people) % 2, often, 1))
    events = ModelEvents(who, np.full(len(who), NOW - DAY), np.ones_like(who))
    return ModelData(NOW, ZoneInfo("UTC"), np.arange(people), {"order": events})


def test_where_all_are_equal_there_is_nothing_to_tell_apart() -> None:
    assert fit(Rfm(event="order"), alike(60, 1), 0) == (
        "All 60 customers with 'order' are alike in recency and frequency, so there is nothing to"
        " tell apart. Wait until they differ."
    )


def test_fifths_that_nobody_is_in_are_told() -> None:
    found = fit(Rfm(event="order"), alike(60, 3), 0)
    assert isinstance(found, Fitted)
    assert found.metrics["says"] == [
        "By recency nobody is 1 or 2 or 3 or 4, because many customers are equal.",
        "By frequency nobody is 2 or 4 or 5, because many customers are equal.",
    ]


def test_too_few_customers_are_told_in_a_sentence() -> None:
    assert fit(Rfm(event="order"), shop(24), 0) == (
        "24 customers have 'order', and 25 are needed to tell fifths of them apart."
    )


def test_a_segment_is_built_on_a_cell(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.people(*(f"c{n},c{n}@example.com,,," for n in range(30)))
    client.orders(*(f"c{n},2026-01-{1 + n:02},k{n},roll,{n + 1}" for n in range(30)))
    client.write(
        "models: {rfm: {use: rfm, event: order, amount: total}}\n"
        "segments:\n  fresh: {score: rfm.cell, is: new}\n"
        "  top: {score: rfm.monetary, at_least: 5}\n"
    )
    segments = client.run("2026-02-01")["segments"]
    assert {name: size["members"] for name, size in segments.items()} == {"fresh": 6, "top": 6}
