"""What a model is told: everybody as they are at an instant, as arrays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars.customers.traits import plan_traits
from regulars.hooks import Reads, micros
from regulars.predictions.reading.data import model_data
from regulars.runs.loading import load_playbook
from regulars.segments.scope import Scope
from regulars.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars.hooks import ModelData

    from tests.predictions.conftest import Shop

    Write = Callable[..., None]

NOW = datetime(2026, 1, 26, tzinfo=UTC)
TRAITS = (
    "traits: {spend: {sum: order.total}, last: {last: order}, basket: {average: order.total}}\n"
)


def told(shop: Shop, reads: Reads, now: datetime = NOW) -> ModelData:
    loaded = load_playbook(shop.path)
    plan = plan_traits(loaded.playbook, loaded.plugins)
    store = Store.open(loaded.playbook.store)
    store.fit(plan.shape)
    with store.reading() as connection:
        scope = Scope.of(connection, loaded.playbook, loaded.plugins, plan, store.tables, now)
        data = model_data(connection, scope, reads)
    store.close()
    return data


def test_events_come_by_customer_and_time_and_everybody_has_a_row(
    anywhere: Shop, write: Write
) -> None:
    write(anywhere, TRAITS)
    anywhere.run("2026-01-26")
    reads = Reads(
        amounts=["order.total"],
        texts=["order.item"],
        traits=["spend", "last", "basket"],
        attributes=["city", "birthday", "email"],
    )
    data = told(anywhere, reads)
    orders = data.events["order"]

    assert (len(data), data.now, data.zone.key) == (3, micros(NOW), "UTC")
    assert orders.customer.tolist() == [0, 0, 0, 0, 1, 1]
    assert orders.at[0] == micros(datetime(2026, 1, 1, tzinfo=UTC))
    assert (np.diff(orders.at)[:3] > 0).all()
    assert orders.times.tolist() == [1] * 6
    assert orders.amounts["total"].tolist() == [5, 5, 5, 5, 3, 3]
    assert orders.texts["item"].tolist() == ["roll"] * 4 + ["tea"] * 2
    assert data.traits["spend"].tolist() == [20, 6, 0]
    assert data.traits["last"].tolist() == pytest.approx([4, 18, np.nan], nan_ok=True)
    assert data.traits["basket"].tolist() == pytest.approx([5, 3, np.nan], nan_ok=True)
    assert data.attributes["city"].tolist() == ["Paris", "Rome", None]
    assert np.isnan(data.attributes["birthday"]).all()
    assert data.trial is None


def test_nothing_of_later_is_told(shop: Shop, write: Write) -> None:
    write(shop)
    shop.run("2026-01-26")
    data = told(shop, Reads(events=["order"]), datetime(2026, 1, 8, tzinfo=UTC))
    assert data.events["order"].customer.tolist() == [0, 0, 1, 1]


def test_a_store_with_nobody_has_empty_arrays(shop: Shop, write: Write) -> None:
    write(shop)
    data = told(shop, Reads(events=["order"], amounts=["order.total"], attributes=["birthday"]))
    assert (len(data), len(data.events["order"])) == (0, 0)
    assert data.attributes["birthday"].shape == (0,)
