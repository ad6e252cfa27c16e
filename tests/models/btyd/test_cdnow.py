"""CDNOW in a playbook: what everybody measures on it comes out of the command line."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.models.btyd.cdnow import PURCHASES
from tests.runs.conftest import Client

PLAYBOOK = """\
playbook: cdnow
timezone: UTC
currency: USD
sources:
  purchases:
    use: csv
    path: purchases.csv
    provides: events
    event: order
    map: {customer: customer_id, time: date, total: amount}
models:
  bg: {use: bg-nbd, event: order, horizon: 39w, amount: total}
  mbg: {use: mbg-nbd, event: order, horizon: 273d, amount: order.total}
  pareto: {use: pareto-nbd, event: order, horizon: 273d}
  spend: {use: gamma-gamma, event: order, amount: total}
segments:
  certain: {score: bg.alive, at_least: 1}
  likely: {all: [{score: mbg.alive, at_least: 0.9}, {score: mbg.clv, at_least: 100}]}
  soon: {score: pareto.next_event_by, within_next: 30d}
"""
LEARNED = "1997-09-30T00:00Z"  # what was bought on that day counts
HELD = "1998-06-30T00:00Z"  # 39 weeks later
SPEND = {"p": 6.248801, "q": 3.744589, "gamma": 15.447754}
# The log-likelihood, the parameters, and how near these are.
KNOWN: dict[str, tuple[float, dict[str, float], float]] = {
    "bg": (-9582.4256, {"r": 0.242593, "alpha": 4.413532, "a": 0.792886, "b": 2.425754}, 1e-3),
    "mbg": (-9582.1327, {"r": 0.524838, "alpha": 6.182992, "a": 0.891356, "b": 1.613999}, 1e-3),
    "pareto": (
        -9594.9739,
        {"r": 0.553276, "alpha": 10.577613, "s": 0.606214, "beta": 11.667916},
        1e-2,
    ),
    "spend": (-4055.9232, SPEND, 1e-3),
}
FORETOLD = {"bg": (1653.4, 0.7725), "mbg": (1576.7, 0.7728), "pareto": (1665.5, 0.7787)}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Client:
    made = Client(tmp_path_factory.mktemp("cdnow"))
    shutil.copy(PURCHASES, made.folder)
    made.write("", head=PLAYBOOK)
    return made


@pytest.fixture(scope="module")
def ran(shop: Client) -> dict[str, Any]:
    return shop.run(LEARNED)


@pytest.fixture(scope="module")
def told(shop: Client, ran: dict[str, Any]) -> dict[str, Any]:
    assert ran
    return shop.report("models", LEARNED)


@pytest.mark.parametrize("name", KNOWN)
def test_it_learns_what_everybody_does(told: dict[str, Any], name: str) -> None:
    log_likelihood, parameters, near = KNOWN[name]
    model = told[name]

    assert model["log_likelihood"] == pytest.approx(log_likelihood, abs=1e-3)
    for parameter, value in parameters.items():
        assert model["parameters"][parameter] == pytest.approx(value, abs=near)
        assert 0 < model["standard_errors"][parameter] < model["parameters"][parameter]
    assert model["customers"] == 2357
    assert model["diagnostics"]["converged"]
    assert model["diagnostics"]["words"] == []


def test_the_models_of_events_tell_what_they_fit_and_how(told: dict[str, Any]) -> None:
    assert [told[name]["kind"] for name in KNOWN] == [
        *("bg-nbd", "mbg-nbd", "pareto-nbd", "gamma-gamma")
    ]
    mbg = told["mbg"]["diagnostics"]
    assert (mbg["customers"], mbg["spend_customers"]) == (2357, 946)
    assert mbg["nbd_log_likelihood"] == pytest.approx(-9763.6602, abs=1e-3)
    assert mbg["spend_log_likelihood"] == pytest.approx(-4055.9232, abs=1e-3)
    assert told["mbg"]["parameters"].items() >= told["spend"]["parameters"].items()
    assert told["spend"]["diagnostics"]["customers"] == 946
    curve = mbg["tracking"]
    assert (curve["weeks"][-1], curve["actual"][-1]) == (pytest.approx(272 / 7, abs=1e-4), 2457)
    assert curve["expected"][-1] == pytest.approx(2457, rel=0.02)


def test_scores_are_those_that_everybody_prints(shop: Client, ran: dict[str, Any]) -> None:
    """Of the first customer, who bought again on 2 days, last after 30.43 weeks."""
    assert ran["models"]["mbg"]["scored"] == 2357
    scores = story(shop, "0001")["scores"]

    for name, events, alive in (
        ("bg", 1.225910, 0.726609),
        ("mbg", 1.262671, 0.706126),
        ("pareto", 1.455113, 0.869119),
    ):
        assert scores[name]["expected_events"] == pytest.approx(events, abs=5e-6)
        assert scores[name]["alive"] == pytest.approx(alive, abs=1e-6)
    spend = scores["spend"]["expected_spend"]
    assert scores["mbg"]["expected_spend"] == spend == pytest.approx(24.66, abs=0.01)
    assert scores["mbg"]["clv"] == pytest.approx(1.262671 * spend, rel=1e-5)


def test_by_the_usual_model_nobody_who_came_once_is_certain(
    shop: Client, ran: dict[str, Any]
) -> None:
    """0004 bought on two days, 0003 only once: 1,411 customers did."""
    members = {name: each["members"] for name, each in ran["segments"].items()}
    assert members["certain"] == 1411
    assert 0 < members["likely"] < members["soon"] < 946
    assert story(shop, "0003")["scores"]["mbg"]["alive"] < 1
    assert story(shop, "0003")["scores"]["pareto"]["alive"] < 1


def test_the_reasons_are_the_customers_own_and_add_up(shop: Client, ran: dict[str, Any]) -> None:
    assert ran
    reasons = story(shop, "0001")["reasons"]["mbg"]

    assert {each["what"] for each in reasons["clv"]} <= {
        *("order on 3 days", "last order 59 days ago"),
        *("first order 272 days ago", "total of 22.35 each time"),
    }
    assert reasons["alive"][0]["what"] == "last order 59 days ago"


@pytest.fixture(scope="module")
def held(shop: Client, ran: dict[str, Any]) -> dict[str, Any]:
    """The models after the 39 weeks: they learned anew, and were held against what came."""
    assert ran
    again = shop.run(HELD)["models"]
    assert {each["version"] for each in again.values()} == {2}
    return shop.report("models", HELD)


@pytest.mark.parametrize("name", FORETOLD)
def test_the_holdout_is_foretold_as_everybody_does(held: dict[str, Any], name: str) -> None:
    expected, auc = FORETOLD[name]
    found = {each["output"]: each for each in held[name]["backtest"]}["expected_events"]

    assert (found["customers"], found["actual"]) == (2357, 1882)
    assert found["cutoff"] == "1997-09-30T00:00:00+00:00"
    assert found["model"]["total"] == pytest.approx(expected, abs=0.05)
    assert found["model"]["auc"] == pytest.approx(auc, abs=5e-5)
    assert found["baselines"]["recency alone"]["auc"] == pytest.approx(0.7714, abs=5e-5)


def test_what_is_neither_discounted_nor_a_margin_is_tested_too(held: dict[str, Any]) -> None:
    tested = {name: [each["output"] for each in held[name]["backtest"]] for name in KNOWN}

    assert tested == {
        **{name: ["expected_events", "clv"] for name in ("bg", "mbg")},
        "pareto": ["expected_events"],
        "spend": [],
    }


def story(shop: Client, customer: str) -> dict[str, Any]:
    status, out, err = shop.call("why", str(shop.path), customer, "--json", "--at", LEARNED)
    assert status == 0, err
    told: dict[str, Any] = json.loads(out)
    return told
