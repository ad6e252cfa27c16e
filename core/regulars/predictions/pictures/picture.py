"""The picture of a model: whether what it foresaw came, and whom it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .drawing import WIDTH, Panel, document, dot, legend, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regulars.predictions.backtests.quality import Backtest

HEAD = 70  # pixels above the first row
ROW = 390
TRACK = 340
FEW = 6  # times the middle: where the largest is more, most points would lie in a corner
ROOM = 1.06  # of what is drawn, so that nothing touches an edge


def picture(
    name: str, about: str, tests: Sequence[Backtest], track: Mapping[str, Any] | None = None
) -> str | None:
    """The calibration and the gains of each of ``tests``, and ``track``: an SVG document.

    ``track`` has ``weeks`` and, of everybody together until then, ``expected`` and ``actual``. None
    where there is nothing to draw.
    """
    tracked = _track(track)
    if not tests and tracked is None:
        return None
    parts = [text(28, 34, name, "head"), text(28, 54, about, "dim")]
    top = float(HEAD)
    for test in tests:
        parts += [*_calibration(test, top), *_gains(test, top)]
        top += ROW
    if tracked is not None:
        parts += _tracking(tracked, top)
        top += TRACK
    return document(name, about, top, parts)


def _calibration(test: Backtest, top: float) -> Iterator[str]:
    """Expected against actual, by customers of whom about as much was expected."""
    groups = test.calibration
    yield text(28, top + 26, f"{test.output}: did as much come as was expected?", "title")
    keys = [("dot", "what came, with 95 % intervals"), ("nothing", "as expected")]
    yield from legend(28, top + 46, keys)
    edges = [each for g in groups for each in (g.low, g.high, g.expected)]
    low, most = min([0.0, *edges]), max([0.0, *edges]) * ROOM or 1.0
    middle = groups[len(groups) // 2].expected if groups else most
    panel = Panel(
        80, 460, top + 84, top + 330, (low, most), (low, most), low == 0 and middle * FEW < most
    )
    across = "expected of a customer" + (" (square roots)" if panel.roots else "")
    yield from panel.axes(across, "what came")
    yield panel.line([(low, low), (most, most)], "nothing")
    for group in groups:
        ends = [(group.expected, group.low), (group.expected, group.high)]
        yield panel.line(ends, "whisker")
        x, y = panel.at(group.expected, group.actual)
        said = f"{group.customers:,} customers: {group.expected:.4g} expected, {group.actual:.4g}"
        yield dot(x, y, f"{said} came")


def _gains(test: Backtest, top: float) -> Iterator[str]:
    """Shares of what came over shares of customers, those first of whom most was expected."""
    yield text(520, top + 26, f"{test.output}: does it find them?", "title")
    if not test.curve:
        yield text(520, top + 46, "There is nothing to find: none of it came.", "dim")
        return
    keys = [
        ("came", "what came"),
        ("foreseen", "what was expected"),
        ("nothing", "by no knowledge"),
    ]
    yield from legend(520, top + 46, keys)
    panel = Panel(572, 932, top + 84, top + 330, (0.0, 1.0), (0.0, 1.0))
    yield from panel.axes("of the customers, best first", "of what came", shares=True)
    curve = [(0.0, 0.0, 0.0), *test.curve]
    came = [(share, actual) for share, _, actual in curve]
    yield panel.area([*came, (1.0, 1.0)], "area")
    yield panel.line([(0, 0), (1, 1)], "nothing")
    yield panel.line([(share, expected) for share, expected, _ in curve], "foreseen")
    yield panel.line(came, "came")


def _track(track: Mapping[str, Any] | None) -> list[tuple[float, float, float]] | None:
    """Week, expected and actual of each point that is known; None for no line."""
    if not track or not {"weeks", "expected", "actual"} <= track.keys():
        return None
    rows = zip(track["weeks"], track["expected"], track["actual"], strict=False)
    weeks = [(float(week), float(expected), float(actual)) for week, expected, actual in rows]
    return weeks if len(weeks) > 1 else None


def _tracking(weeks: Sequence[tuple[float, float, float]], top: float) -> Iterator[str]:
    """Expected and actual over time."""
    yield text(
        28, top + 26, "Everybody together, week by week: did as much come as was expected?", "title"
    )
    keys = [("came", "what came"), ("foreseen", "what was expected")]
    yield from legend(28, top + 46, keys)
    most = max(max(expected, actual) for _, expected, actual in weeks) * ROOM or 1.0
    panel = Panel(80, WIDTH - 28, top + 84, top + 280, (weeks[0][0], weeks[-1][0]), (0.0, most))
    yield from panel.axes("weeks", "so far")
    yield panel.line([(week, expected) for week, expected, _ in weeks], "foreseen")
    yield panel.line([(week, actual) for week, _, actual in weeks], "came")
