"""A run says which segments are slow, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.segments import slow

from tests.runs.conftest import Client

if TYPE_CHECKING:
    from pathlib import Path

REST = """\
traits: {spend: {sum: order.total}}
models: {soon: {use: expert, event: order, within: 30d, start: 10%, rules: []}}
segments:
  big: {trait: spend, at_least: 10}
  likely: {score: soon.probability, at_least: 0.05}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Client:
    made = Client(tmp_path)
    made.people("ada,ada@example.com,,,", "bob,bob@example.com,,,")
    made.orders("ada,2026-01-02,a1,roll,12")
    made.write(REST)
    return made


def test_a_quick_run_says_nothing(shop: Client) -> None:
    assert shop.run("2026-02-01")["slow"] == {}


def test_each_slow_segment_is_named_with_what_would_help(
    shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow, "SLOW", 0.0)
    told = shop.run("2026-02-01")["slow"]
    assert set(told) == {"big", "likely"}
    assert "those alone who may have moved" in told["big"]
    assert "it has a score" in told["likely"]


def test_people_read_it_below_the_segments(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow, "SLOW", 0.0)
    _, out, _ = shop.call("run", str(shop.path), "--at", "2026-02-01")
    assert "! the segment likely is slow: about 0 s; it has a score" in out
