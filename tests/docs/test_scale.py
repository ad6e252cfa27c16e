"""What docs/scale.md says of the engine's speed is what bench/engine.py measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.benches import benchmark


@pytest.fixture(scope="module")
def bench() -> Any:
    return benchmark("engine_page")


@pytest.fixture(scope="module")
def measured(bench: Any) -> Any:
    return json.loads(bench.DATA.read_text(encoding="utf-8"))


def test_the_page_says_what_was_measured(bench: Any, measured: Any) -> None:
    """If this fails, run `python bench/engine_page.py` with what bench/engine.py wrote."""
    assert bench.section(measured) in bench.PAGE.read_text(encoding="utf-8")


def test_it_was_measured_at_three_sizes_up_to_a_million(bench: Any, measured: Any) -> None:
    sizes = [result["customers"] for result in bench.of_store(measured["results"], "sqlite")]
    assert sizes == [10_000, 100_000, 1_000_000]


def test_no_row_grows_more_than_eleven_fold(bench: Any, measured: Any) -> None:
    *_, before, largest = bench.of_store(measured["results"], "sqlite")
    for line in bench.LINES:
        assert line.figure(largest) <= 11 * line.figure(before), line.name
