"""What models have learned, as data: left by a run, or as a run would leave it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.runs.conftest import HEAD

if TYPE_CHECKING:
    from tests.runs.conftest import Client

SEER = Path(__file__).parents[1] / "predictions" / "seer.py"
NOW = "2026-03-01T00:00Z"
KEYS = [
    *("kind", "version", "at", "since", "until", "customers", "scored", "parameters"),
    *("log_likelihood", "standard_errors", "diagnostics", "metrics", "drivers", "backtest"),
    *("untested", "missing", "warnings"),
]


def written(client: Client, model: str = "", rest: str = "", name: str = "coming") -> None:
    models = f"models: {{{name}: {{use: seer{model}}}}}\n"
    client.write(models + rest, head=f"plugins: [{SEER}]\n{HEAD}")


@pytest.fixture
def shop(client: Client) -> Client:
    return filled(client)


def filled(client: Client) -> Client:
    """Sixty customers; the first half orders every week, the others came once."""
    client.people(*(f"c{n},c{n}@example.com,{'Rome' if n % 2 else ''},," for n in range(60)))
    days = [f"2026-{1 + day // 28:02}-{1 + day % 28:02}" for day in range(0, 56, 7)]
    client.orders(
        *(f"c{n},{day},{n}-{day},roll,5" for n in range(30) for day in days),
        *(f"c{n},2026-01-02,{n},tea,3" for n in range(30, 60)),
    )
    written(client)
    return client


def told(client: Client, *words: str) -> dict[str, Any]:
    status, out, err = client.call("models", str(client.path), *words, "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_it_tells_what_a_run_left(client: Client, store_url: str) -> None:
    client.store = store_url
    filled(client).run(NOW)
    model = told(client)["coming"]
    assert list(model) == KEYS
    assert (model["kind"], model["version"], model["customers"]) == ("seer", 1, 60)
    assert (model["at"], model["since"]) == (
        "2026-03-01T00:00:00+00:00",
        "2026-01-01T00:00:00+00:00",
    )
    assert (model["scored"], model["missing"]) == (60, None)
    assert model["parameters"]["slope"] == {"orders": 0.1}
    assert model["log_likelihood"] == -12.3456789
    assert model["standard_errors"] == {"slope": {"orders": 0.025}}
    assert model["drivers"] == {"orders": 3, "the moon": 1}
    (test,) = model["backtest"]
    assert (test["output"], test["cutoff"]) == ("chance", "2026-02-15T00:00:00+00:00")
    assert test["model"]["auc"] == 1
    assert "recency alone" in test["baselines"]
    assert told(client, "coming") == {"coming": model}


def test_with_a_time_it_tells_what_a_run_then_would_leave_and_keeps_nothing(shop: Client) -> None:
    rehearsed = told(shop, "--at", NOW)
    status, _, err = shop.call("models", str(shop.path))
    assert status == 2
    assert "nothing has run yet" in err
    shop.run(NOW)
    assert told(shop) == rehearsed
    assert told(shop, "--at", "2026-03-09")["coming"]["version"] == 2
    assert told(shop) == rehearsed


def test_a_time_before_the_last_run_is_refused(shop: Client) -> None:
    shop.run(NOW)
    for words in ((), ("coming",), ("coming", "--audit", "city")):
        status, _, err = shop.call("models", str(shop.path), *words, "--at", "2026-02-01")
        assert (status, "has already run at 2026-03-01" in err) == (2, True)


def test_what_is_missing_is_said(shop: Client) -> None:
    shop.orders()
    assert told(shop, "--at", NOW)["coming"]["missing"] == "there are 0 orders; 5 are needed"
    shop.run(NOW)
    model = told(shop)["coming"]
    assert (model["version"], model["missing"]) == (None, "there are 0 orders; 5 are needed")
    assert (model["parameters"], model["backtest"], model["customers"]) == ({}, [], None)


def test_a_model_that_is_new_or_edited_says_that_the_next_run_learns(shop: Client) -> None:
    shop.run(NOW)
    written(shop, ", favour: 0.1")
    model = told(shop)["coming"]
    assert model["version"] == 1
    assert "has changed since it learned" in model["missing"]
    written(shop, name="another")
    assert told(shop) == {"another": told(shop)["another"]}
    assert "no run has asked it yet" in told(shop)["another"]["missing"]


def test_an_output_that_could_not_be_tested_says_why(shop: Client) -> None:
    model = told(shop, "--at", "2026-01-10")["coming"]
    assert model["backtest"] == []
    assert "needs 28 days of data" in model["untested"]["chance"]
