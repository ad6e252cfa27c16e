"""What a model has learned, in tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.instants import instant
from regulars.printing import Table, one_line, print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regulars.predictions.quality import Backtest, Quality
    from regulars.predictions.versions import Version
    from regulars.runs.modelling import Modelled

ELSEWHERE = {"log_likelihood", "standard_errors", "tracking"}  # diagnostics with their own place
MOST = 40  # parameters that are shown
DRIVERS = 10
BAR = 20  # characters of the longest bar
LONGEST = 6  # numbers of a list that are shown
WHOLE = 1000  # from here on one digit behind the point is enough


def tables(model: Modelled, version: Version) -> Iterator[Table]:
    """What ``version`` learned, how its outputs did when they were tested, and what it says."""
    yield from _learned(version)
    for test in model.tests:
        yield _tested(model.name, test)
        yield _calibration(test)
    yield from _told("By its own account", "measure", version.fitted.metrics)
    yield from _told("How it learned", "what", dict(_left(version.fitted.diagnostics)))


def _left(diagnostics: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is told nowhere else; ``words`` that are sentences are."""
    for name, value in diagnostics.items():
        if name not in ELSEWHERE and not (name == "words" and isinstance(value, list)):
            yield name, value


def _told(title: str, what: str, values: Mapping[str, Any]) -> Iterator[Table]:
    rows = tuple((name, number(value)) for name, value in _flat(values))
    if rows:
        yield Table(title, (what, "value"), rows)


def _learned(version: Version) -> Iterator[Table]:
    told = version.fitted.diagnostics
    errors = dict(_flat(told.get("standard_errors") or {}))
    known = list(_flat(version.fitted.parameters))
    rows = tuple(
        (name, _exact(value), number(errors.get(name, errors.get(name.partition(".")[2]))))
        for name, value in known[:MOST]
    )
    more = len(known) - MOST
    notes = (f"… and {more:,} more; --json has them all.",) if more > 0 else ()
    if rows:
        yield Table("What it learned", ("parameter", "value", "standard error"), rows, notes)


def _tested(name: str, test: Backtest) -> Table:
    rows = [_quality(name, test.model)]
    rows += [_quality(baseline, by) for baseline, by in test.baselines.items()]
    rows.append(("what came", "", number(test.actual), ""))
    title = f"Tested: {test.output} from {_day(test.cutoff)} to {_day(test.until)}"
    note = f"What knew nothing after {_day(test.cutoff)} said this of {test.customers:,} customers."
    return Table(title, ("by", "AUC", "in all", "error each"), tuple(rows), (note,))


def _day(at: int) -> str:
    return f"{instant(at):%Y-%m-%d}"


def _quality(name: str, by: Quality) -> tuple[str, ...]:
    return (name, share(by.auc), number(by.total), number(by.error))


def _calibration(test: Backtest) -> Table:
    rows = tuple(
        (
            f"{group.customers:,}",
            number(group.expected),
            number(group.actual),
            f"{number(group.low)} to {number(group.high)}",
            "" if group.low <= group.expected <= group.high else "off",
        )
        for group in test.calibration
    )
    columns = ("customers", "expected", "came", "95 % interval", "")
    return Table(f"Calibration of {test.output}", columns, rows)


def print_drivers(drivers: Mapping[str, float]) -> None:
    """What the model looks at, what matters most first, on stdout."""
    ranked = sorted(drivers.items(), key=lambda item: -item[1])[:DRIVERS]
    if ranked:
        most = ranked[0][1] or 1
        rows = [[name, float(f"{by:.4g}"), "█" * round(BAR * by / most)] for name, by in ranked]
        print_table("What drives it", ["input", "matters", ""], rows)


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The values by their names, ``weights.spend`` where they are nested."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _exact(value: Any) -> str:
    """A parameter, with the digits that matter to who compares it."""
    return f"{value:,.6g}" if isinstance(value, float) else number(value)


def number(value: Any) -> str:
    """``value`` as a person reads it: four digits that matter; a long list by its length."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        shown = ", ".join(map(number, value[:LONGEST]))
        return shown if len(value) <= LONGEST else f"{len(value):,} values: {shown}, …"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= WHOLE else f"{value:.4g}"
    return one_line(value)


def share(value: float | None) -> str:
    """An AUC as it is written; nothing where there is none."""
    return "" if value is None else f"{value:.3f}"
