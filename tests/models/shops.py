"""A shop whose customers come at a pace of their own, and models of who comes soon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tests.runs.conftest import Client

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MODELS = """\
traits: {spend: {sum: order.total}, orders: {count: order, within: 90d}, last_order: {last: order}}
models:
  soon: {use: propensity, event: order, within: 30d, traits: [spend, orders, last_order]}
  belief:
    use: expert
    event: order
    within: 30d
    start: 30%
    rules:
      - {trait: orders, at_least: 3, times: 2}
      - {trait: last_order, more_than: 60, times: 3}
segments:
  likely: {score: soon.probability, at_least: 0.5}
  believed: {score: belief.probability, at_least: 0.5}
"""


def new_shop(folder: Path) -> Client:
    """A shop that Ada has found, and Bob has not."""
    client = Client(folder)
    client.people("ada,ada@example.com,Paris,,", "bob,bob@example.com,Rome,,")
    client.orders(*(f"ada,2025-11-{day},a{day},roll,5" for day in (17, 18, 19)))
    client.write(MODELS)
    return client


def regular_shop(folder: Path, people: int = 300) -> tuple[Client, NDArray[np.float64]]:
    """A shop of 320 days since 2025, and the chance of each to come within 30 more days."""
    client = Client(folder)
    random = np.random.default_rng(1)
    pace = random.gamma(1.0, 1 / 40, people)  # orders a day
    client.people(*(f"c{each},c{each}@example.com,Paris,," for each in range(people)))
    rows = []
    for each in range(people):
        days = [0.5, *random.uniform(0, 322, random.poisson(322 * pace[each]))]
        at = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=float(day)) for day in sorted(days)]
        rows += [f"c{each},{t:%Y-%m-%dT%H:%M},c{each}o{n},tea,5" for n, t in enumerate(at)]
    client.orders(*rows)
    client.write(MODELS)
    return client, np.asarray(1 - np.exp(-30 * pace))
