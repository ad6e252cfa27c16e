"""A model is held against what came after a time that it was told nothing of."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from regulars.hooks import DAY
from regulars.predictions.backtests.exam import backtest, held_back
from regulars.predictions.backtests.quality import Held
from regulars.predictions.reading.data import model_data
from regulars.predictions.reading.sharing import watched
from regulars.predictions.versions import newest_version

from tests.predictions.conftest import Shop, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regulars.hooks import ModelData
    from regulars.predictions.backtests.quality import Backtest

    Write = Callable[..., None]

NOW = "2026-01-29"
CDNOW = Path(__file__).parents[3] / "examples" / "cdnow"
CDNOW_PLAYBOOK = """\
playbook: cdnow
timezone: UTC
sources:
  people: {use: csv, path: customers.csv, provides: customers, map: {id: customer_id}}
  purchases:
    {use: csv, path: purchases.csv, provides: events, event: order,
     map: {customer: customer_id, time: date, total: amount}}
models: {value: {use: mbg-nbd, event: order, amount: total, horizon: 39w}}
"""
MODEL = "models: {{value: {{use: comeback, event: order{}}}}}\n"


def held(shop: Shop, now: str = NOW) -> Sequence[Held] | str:
    with opened(shop, now) as (store, scope):
        model = scope.plan.models["value"]
        with store.reading() as connection:
            data = model_data(connection, scope, model.reads)
        return held_back(store, scope, model, data)


def by_output(shop: Shop, now: str = NOW) -> dict[str, Held]:
    found = held(shop, now)
    assert not isinstance(found, str), found
    return {each.output: each for each in found}


def kept(shop: Shop, now: str = NOW) -> dict[str, Backtest | str]:
    with opened(shop, now) as (store, _), store.reading() as connection:
        version = newest_version(connection, "value")
    assert version is not None
    return dict(version.backtest)


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Ada came back after the 15th, twice on one day in Tokyo; Bob didn't; Cora is new."""
    shop.orders(
        *(f"ada,2026-01-{day:02},a{day},roll,5" for day in (1, 8)),
        "ada,2026-01-22T16:00:00Z,a22,roll,5",
        "ada,2026-01-23T01:00:00Z,a23,roll,6",
        *(f"bob,2026-01-{day:02},b{day},tea,3" for day in (1, 8)),
        "cora,2026-01-20,c20,tea,3",
    )
    return shop


def test_what_was_expected_of_everybody_meets_what_came(busy: Shop, write: Write) -> None:
    write(busy, models=MODEL.format(", amount: total, days: 14"))
    busy.run(NOW)
    found = by_output(busy)

    rate = 2 / 14  # two orders in the two weeks before the cut-off
    assert [len(each.customers) for each in found.values()] == [2] * 5  # nobody knew of Cora
    assert {name: each.actual.tolist() for name, each in found.items()} == {
        "back": [1, 0], "gone": [0, 1], "orders": [2, 0], "on": [2, 0], "spend": [11, 0],
    }  # fmt: skip
    assert found["orders"].expected.tolist() == pytest.approx([rate * 14] * 2)
    assert found["back"].expected.tolist() == pytest.approx([1 - np.exp(-2)] * 2)
    assert found["back"].until - found["back"].cutoff == 14 * DAY


def test_days_are_those_of_the_playbooks_zone(busy: Shop, write: Write) -> None:
    write(busy, models=MODEL.format(""), zone="Asia/Tokyo")
    busy.run(NOW)
    assert by_output(busy)["on"].actual.tolist() == [1, 0]
    assert by_output(busy)["orders"].actual.tolist() == [2, 0]


def test_events_that_were_rolled_up_count_as_many_as_they_were(shop: Shop, write: Write) -> None:
    days = ("2025-12-20", "2025-12-27", "2026-01-08", "2026-01-22", "2026-01-23")
    shop.orders(*(f"ada,{day},{day},roll,5" for day in days))
    model = MODEL.format(", amount: total")
    write(shop, models=model)
    shop.run("2026-02-05")
    write(shop, "retention: {events: 10d, then: roll_up}\n", model)
    shop.run("2026-03-01")

    found = by_output(shop, "2026-02-05")  # January is one row, of the 23rd; December of the 27th
    assert found["orders"].expected.tolist() == pytest.approx([2 / 26 * 14])
    assert found["orders"].actual.tolist() == [3]
    assert found["on"].actual.tolist() == [1]
    assert found["spend"].actual.tolist() == [15]


def test_what_is_foreseen_needs_not_be_read_by_the_model(busy: Shop, write: Write) -> None:
    traits = "traits: {often: {count: order, within: 30d}}\n"
    write(busy, traits, MODEL.format(", amount: total, blind: true, least: 0, traits: [often]"))
    busy.run(NOW)
    found = by_output(busy)
    assert found["orders"].expected.tolist() == pytest.approx([2 / 30 * 14] * 2)
    assert found["spend"].actual.tolist() == [11, 0]


def test_each_horizon_is_one_fit_and_one_that_is_too_far_says_so(busy: Shop, write: Write) -> None:
    write(busy, models=MODEL.format(", far: 20"))
    busy.run(NOW)
    asked = []
    with opened(busy, NOW) as (store, scope):
        model = scope.plan.models["value"]

        def fit(config: Any, data: ModelData, seed: int) -> Any:
            asked.append(data.now)
            return model.kind.fit(config, data, seed)

        with store.reading() as connection:
            data = model_data(connection, scope, model.reads)
        counting = replace(model, kind=replace(model.kind, fit=fit))
        assert len(held_back(store, scope, counting, data)) == 4
    assert asked == [data.now - 14 * DAY]
    assert kept(busy)["later"] == (
        "it looks 20 days ahead, so a test needs 40 days of data; there are 29 days"
    )


@pytest.mark.parametrize(
    ("settings", "now", "told"),
    [
        (", least: 5", NOW, "as of 2026-01-15 it could not learn: 4 events; 5 are needed"),
        (", days: 20", NOW, "it looks 20 days ahead, so a test needs 40 days of data; there are"),
        ("", "2025-12-01", "there are no events yet to test it on"),
    ],
)
def test_what_can_not_be_tested_says_why(
    busy: Shop, write: Write, settings: str, now: str, told: str
) -> None:
    write(busy, models=MODEL.format(settings))
    busy.run(NOW)
    assert str(held(busy, now)).startswith(told)


def test_a_model_that_foresees_nothing_says_so(busy: Shop, write: Write) -> None:
    write(busy)
    busy.run(NOW)
    assert held(busy) == "nothing that it says of customers can be tested"


def test_a_plugin_that_fails_at_what_was_then_can_still_score(busy: Shop, write: Write) -> None:
    write(busy, models=MODEL.format(", breaks_before: 20475"))  # 2026-01-22
    assert busy.run(NOW)["models"]["value"]["scored"] == 3
    assert "ZeroDivisionError: too early" in str(kept(busy)["back"])


def test_a_run_keeps_with_each_version_how_good_it_was(anywhere: Shop, write: Write) -> None:
    anywhere.orders(
        *(f"ada,2026-01-{day:02},a{day},roll,5" for day in (1, 8, 15, 22)),
        *(f"bob,2026-01-{day:02},b{day},tea,3" for day in (1, 8)),
    )
    write(anywhere, models=MODEL.format(", amount: total, days: 10"))
    anywhere.run(NOW)
    found = kept(anywhere)["orders"]
    assert not isinstance(found, str)
    assert (found.customers, found.actual) == (2, 1)
    assert found.model.auc == 1
    assert found.model.total == pytest.approx(5 / 18 * 10)
    assert found.baselines["as in the time before"].total == 1
    assert found.baselines["recency alone"].total is None
    assert [each.customers for each in found.calibration] == [2]
    with opened(anywhere, NOW) as (store, scope):
        model = scope.plan.models["value"]
        with store.reading() as connection:
            data = model_data(connection, scope, model.reads)
        data = watched(store, scope, model, data)
        (orders,) = [
            each
            for each in held_back(store, scope, model, data)
            if isinstance(each, Held) and each.output == "orders"
        ]
        assert backtest(orders, data) == found


def test_cdnow_is_foretold_as_everybody_does(tmp_path: Path) -> None:
    """The first 39 weeks foretell the next 39, through a playbook and its store."""
    for name in ("customers.csv", "purchases.csv"):
        shutil.copy(CDNOW / name, tmp_path)
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(CDNOW_PLAYBOOK, encoding="utf-8")
    shop = Shop(tmp_path)
    shop.run("1998-06-30")
    found = kept(shop, "1998-06-30")["expected_events"]

    assert not isinstance(found, str), found
    assert (found.customers, found.actual) == (2357, 1882)
    assert found.model.total == pytest.approx(1576.7, abs=0.05)
    assert found.model.auc == pytest.approx(0.7728, abs=5e-5)
    assert found.baselines["recency alone"].auc == pytest.approx(0.7714, abs=5e-5)
    assert found.model.error is not None
    assert found.model.error < (found.baselines["as in the time before"].error or 0)
    low, high = found.calibration[-1].low, found.calibration[-1].high
    assert low < found.calibration[-1].expected < high
