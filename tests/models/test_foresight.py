"""What rhythm and churn foresee of made-up shops is better than what anybody could have said.

A few shops are made up here; of 50 there is what ``bench/foresight.py`` measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benches import benchmark

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench() -> Any:
    return benchmark("foresight")


@pytest.fixture(scope="module")
def plays(bench: Any) -> Any:
    return [bench.played(seed) for seed in (1, 2, 3, 4)]


@pytest.mark.parametrize("part", ["rhythm", "shop", "subscriptions"])
def test_models_do_better_than_their_baselines(plays: Any, part: str) -> None:
    model, *others = plays[0][part]
    mean = {name: sum(play[part][name] for play in plays) / len(plays) for name in plays[0][part]}

    assert all(mean[model] > mean[other] for other in others), mean


def test_the_same_seed_gives_the_same_shop(bench: Any, plays: Any) -> None:
    assert bench.played(1) == plays[0]


def test_it_was_measured_with_fifty_shops_and_every_baseline_was_beaten(bench: Any) -> None:
    measured = json.loads(bench.DATA.read_text(encoding="utf-8"))

    assert measured["seeds"] == 50
    for part in bench.PARTS:
        model, *others = measured[part]
        assert all(measured[part][model]["mean"] > measured[part][each]["mean"] for each in others)


def test_the_page_says_what_was_measured(bench: Any) -> None:
    """If this fails, run `python bench/foresight.py`, which writes both."""
    page = bench.PAGE.read_text(encoding="utf-8")

    assert bench.section(json.loads(bench.DATA.read_text(encoding="utf-8"))) in page
