"""Who is erased goes out of what models learned of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from regulars.predictions.versions import version_of
from regulars.store import tables
from sqlalchemy import select

from tests.predictions.conftest import opened

if TYPE_CHECKING:
    from tests.runs.conftest import Client

NOW = "2026-02-01"
SHELF = "models: {shelf: {use: recommend, event: order, item: item, method: popular, show: 5}}\n"


@pytest.fixture
def shop(anywhere: Client) -> Client:
    """Twelve customers buy tea; Ada and Bob alone buy what they would rather keep to themselves."""
    names = ["ada", "bob", *(f"c{n}" for n in range(10))]
    anywhere.people(*(f"{name},{name}@example.com,,," for name in names))
    anywhere.orders(
        *(f"{name},2026-01-{day:02},{name}-{day},tea,3" for name in names for day in (5, 19)),
        *(
            f"{name},2026-01-{day:02},s{name}{day},secret,3"
            for name in names[:2]
            for day in (6, 20)
        ),
    )
    anywhere.write(SHELF)
    return anywhere


def erase(shop: Client, *customers: str) -> None:
    for customer in customers:
        status, _, err = shop.call("customers", "erase", str(shop.path), customer, "--yes")
        assert status == 0, err


def learned(shop: Client) -> list[str]:
    """Every word of every version of every model, and of every score."""
    with opened(shop, NOW) as (store, _), store.reading() as connection:
        kept = connection.execute(select(tables.models)).mappings().all()
        arrays = [version_of(dict(row)).fitted.arrays for row in kept]
        scores = connection.execute(select(store.tables.scores)).all()
    words = [str(array.tolist()) for each in arrays for array in each.values()]
    return [*words, *map(str, scores), *(str(dict(row)) for row in kept)]


def model(shop: Client) -> dict[str, Any]:
    status, out, err = shop.call("models", str(shop.path), "--json")
    assert status == 0, err
    told: dict[str, Any] = json.loads(out)["shelf"]
    return told


def test_what_only_the_erased_bought_is_not_recommended_any_more(shop: Client) -> None:
    shop.run(NOW)
    assert any("secret" in word for word in learned(shop))

    erase(shop, "ada", "bob")
    gone = model(shop)
    assert (gone["version"], gone["parameters"]) == (None, {})
    assert gone["missing"].startswith("somebody was erased, so all that it had learned was deleted")

    done = shop.run("2026-02-02")["models"]["shelf"]
    assert (done["version"], done["fitted"], done["scored"]) == (2, True, 10)
    assert not any("secret" in word for word in learned(shop))


def test_who_can_not_learn_any_more_scores_nobody(shop: Client) -> None:
    shop.run(NOW)
    erase(shop, "ada", "bob", "c0")
    done = shop.run("2026-02-02")["models"]["shelf"]
    assert (done["version"], done["scored"]) == (None, 0)
    assert "are needed" in done["missing"]
    assert learned(shop) == []
