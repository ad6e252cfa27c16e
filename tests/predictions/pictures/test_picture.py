"""The picture of a model: whatever was found, it can be drawn."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from regulars.predictions.backtests.quality import Backtest, Bin, Quality
from regulars.predictions.pictures.drawing import ticks
from regulars.predictions.pictures.picture import picture

QUALITY = Quality(0.7, 10, 0.1)


def found(*bins: Bin, curve: tuple[tuple[float, float, float], ...] = ((1, 1, 1),)) -> Backtest:
    return Backtest("chance", 0, 1, 10, 5, QUALITY, {}, bins, curve)


def drawn(*tests: Backtest) -> str:
    svg = picture("<seer>", "of 10", tests)
    assert svg is not None
    ET.fromstring(svg)
    for number in re.findall(r' (?:cx|cy|x|y)="([^"]*)"', svg):
        assert float(number) < 2_000
    return svg


@pytest.mark.parametrize(
    "test",
    [
        found(),
        found(Bin(5, 0, 0, 0, 0)),
        found(Bin(5, 0.1, 0.2, 0.1, 0.3), Bin(5, 0.2, 0.2, 0.1, 0.3), Bin(5, 9, 8, 7, 9)),
        found(Bin(5, -3, 1, -4, 2), Bin(5, 2, 1, 0, 2), curve=()),
    ],
    ids=["no bins", "nothing came", "skewed", "below nothing"],
)
def test_whatever_came_it_is_drawn(test: Backtest) -> None:
    svg = drawn(test)
    assert "nan" not in svg
    assert svg.count("<circle") == len(test.calibration) + 1  # one in the legend
    assert ("nothing to find" in svg) == (not test.curve)


def test_each_test_has_its_own_row_and_nothing_has_no_picture() -> None:
    heights = [int(re.findall(r'height="(\d+)"', drawn(*[found()] * count))[0]) for count in (1, 2)]
    assert heights[1] > heights[0]
    assert picture("seer", "", []) is None
    assert picture("seer", "", [], {"weeks": [1], "expected": [1], "actual": [1]}) is None
    assert picture("seer", "", [], {"weeks": [1, 2], "expected": [1, 1], "actual": [1, 2]})


def test_text_stays_text() -> None:
    assert "<title>&lt;seer&gt;</title>" in drawn(found())


def test_ticks_are_round_numbers() -> None:
    assert ticks(0, 1) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert ticks(0, 0.37) == pytest.approx([0, 0.1, 0.2, 0.3])
    assert ticks(-4, 9) == pytest.approx([-2.5, 0, 2.5, 5, 7.5])
    assert ticks(0, 1.62, roots=True) == pytest.approx([0, 0.05, 0.25, 0.5, 1])
