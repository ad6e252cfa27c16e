"""What a model has learned, in tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.instants import instant
from regulars.predictions.doubts import is_sentences
from regulars.printing import Table, one_line, print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regulars.predictions.backtests.quality import Backtest, Quality
    from regulars.predictions.versions import Version
    from regulars.runs.modelling import Modelled

ELSEWHERE = {
    "log_likelihood",
    "standard_errors",
    "tracking",
    "seed",
}  # diagnostics with their own place
MOST = 40  # parameters that are shown
DRIVERS = 10
BAR = 20  # characters of the longest bar
LONGEST = 6  # numbers of a list that are shown
DIGITS = 9  # behind the point, of what is exact to no more
WHOLE = 1000  # from here on one digit behind the point is enough


def tables(model: Modelled, version: Version) -> Iterator[Table]:
    """What ``version`` learned, how its outputs did when they were tested, and what it says."""
    yield from _learned(version)
    for test in model.tests:
        yield _tested(model.name, test)
        yield _calibration(test)
    told = [
        (name, value)
        for name, value in version.fitted.diagnostics.items()
        if name not in ELSEWHERE and _is_number(value)
    ]
    own = [item for item in _flat(version.fitted.metrics) if not is_sentences(item[1])]
    for title, what, values in (
        ("By its own account", "measure", own),
        ("How it learned", "what", told),
    ):
        rows = tuple((_name(name), number(value)) for name, value in values)
        if rows:
            yield Table(title, (what, "value"), rows)


def _learned(version: Version) -> Iterator[Table]:
    errors = dict(_flat(version.fitted.diagnostics.get("standard_errors") or {}))
    flat = list(_flat(version.fitted.parameters))
    found = [(name, errors.get(name, errors.get(name.partition(".")[2]))) for name, _ in flat]
    known = [
        (name, _exact(value), number(error))
        for (name, value), (_, error) in zip(flat, found, strict=True)
        if _is_number(value) and ("." not in name or error is not None)
    ]
    rows, more = known[:MOST], len(flat) - len(known[:MOST])
    notes = (f"… and {more:,} more; --json has them all.",) if more > 0 else ()
    columns = ("parameter", "value", "standard error")[: 3 if errors else 2]
    if rows:
        cells = tuple(row[: len(columns)] for row in rows)
        yield Table("What it learned", columns, cells, notes)


def _tested(name: str, test: Backtest) -> Table:
    rows = [_quality(name, test.model)]
    rows += [_quality(baseline, by) for baseline, by in test.baselines.items()]
    rows.append(("what came", "", number(test.actual), ""))
    error = "error each" if test.model.brier is None else "Brier"
    title = f"Tested: {test.output} from {_day(test.cutoff)} to {_day(test.until)}"
    note = f"What knew nothing after {_day(test.cutoff)} said this of {test.customers:,} customers."
    return Table(title, ("by", "AUC", "in all", error), tuple(rows), (note,))


def _day(at: int) -> str:
    return f"{instant(at):%Y-%m-%d}"


def _quality(name: str, by: Quality) -> tuple[str, ...]:
    return (
        name,
        share(by.auc),
        number(by.total),
        number(by.error if by.brier is None else by.brier),
    )


def _calibration(test: Backtest) -> Table:
    rows = tuple(
        (
            f"{group.customers:,}",
            _mean(group.expected),
            _mean(group.actual),
            f"{_mean(group.low)} to {_mean(group.high)}",
            "off" if group.off else "",
        )
        for group in test.calibration
    )
    columns = ("customers", "expected", "came", "95 % interval", "")
    return Table(f"Calibration of {test.output}", columns, rows)


def _mean(value: float) -> str:
    """A mean without the rounding errors that make 2.776e-17 of nothing."""
    return number(round(value, DIGITS) + 0.0)


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


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _name(name: str) -> str:
    """What the model calls a number of its own, as it is read."""
    return name.replace("_", " ")


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
