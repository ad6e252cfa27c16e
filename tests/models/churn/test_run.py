"""Churn in a playbook: those who are likely to leave are a segment, and its model is tested."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.runs.conftest import Client

if TYPE_CHECKING:
    from pathlib import Path

REST = """
traits:
  orders_60d: {count: order, within: 60d}
models:
  churn: {use: churn, event: order, silent: 30d, traits: [orders_60d]}
segments:
  slipping: {score: churn.risk, at_least: 0.3}
  safe: {score: churn.risk, less_than: 0.3}
"""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Client:
    """A hundred customers who come every week or so for some months."""
    chance, made = np.random.default_rng(1), Client(tmp_path)
    rows: list[str] = []
    for customer in range(100):
        day = float(chance.uniform(0, 300))
        last = day + chance.exponential(150)
        while day < min(last, 365):
            at = NOW - timedelta(days=365 - day)
            rows.append(f"c{customer},{at:%Y-%m-%dT%H:%M:%SZ},{len(rows)},roll,5")
            day += chance.exponential(7)
    made.people(*(f"c{customer},c{customer}@example.com,,," for customer in range(100)))
    made.orders(*rows)
    made.write(REST)
    return made


def test_those_who_are_late_are_slipping(shop: Client) -> None:
    report = shop.run("2026-01-01T00:00Z")

    assert report["models"]["churn"]["missing"] is None
    members = {name: each["members"] for name, each in report["segments"].items()}
    assert members["slipping"] > 0
    assert members["safe"] > members["slipping"]
    assert sum(members.values()) == report["models"]["churn"]["scored"]


def test_it_is_held_against_what_came(shop: Client) -> None:
    shop.run("2026-01-01T00:00Z")

    status, out, err = shop.call("models", str(shop.path), "churn", "--json")

    assert status == 0, err
    told = json.loads(out)["churn"]
    assert told["parameters"]["coefficients"].keys() >= {"constant", "orders_60d"}
    (test,) = told["backtest"]
    assert test["output"] == "risk"
    assert test["model"]["auc"] > 0.6
    assert "recency alone" in test["baselines"]


def test_a_model_without_any_setting_is_refused(shop: Client) -> None:
    shop.write("models: {churn: {use: churn, event: order}}\n")

    status, _, err = shop.call("check", str(shop.path))

    assert status == 2
    assert "write starts and ends" in " ".join(err.split())
