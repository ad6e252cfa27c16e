"""An audit, for people: what is wrong in words, then the numbers by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from regulars.predictions.audits.alarms import alarms, reliefs
from regulars.printing import Table, console, one_line, print_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regulars.predictions.audits.comparing import Foretold, Scored, Selected
    from regulars.runs.auditing import Audit


WHOLE = 100


def print_audit(audit: Audit) -> None:
    """All of ``audit`` on stdout."""
    out = console()
    title = f"{audit.model} by {audit.attribute} as of {audit.at:%Y-%m-%d %H:%M} UTC"
    out.print(Text(title, "bold"))
    out.print("")
    for warning in alarms(audit.attribute, audit.segments, audit.tests):
        out.print(Text.assemble(("! ", "yellow"), one_line(warning)))
    for sentence in _sentences(audit):
        out.print(Text(one_line(sentence)))
    out.print("")
    print_tables(_tables(audit))
    out.print(Text("Intervals hold for all groups of a table at once, with 95 %."))


def _sentences(audit: Audit) -> Iterator[str]:
    yield from reliefs(audit.attribute, audit.segments)
    if not any(row.scored for rows in audit.scores.values() for row in rows):
        yield f"Nobody has a score of {audit.model}; without --audit it says what is missing."
    if not audit.segments:
        yield "No segment of the playbook is built on its scores."
    if audit.untested is not None:
        yield f"Whether it is right for each group could not be tested: {audit.untested}."
    elif not any(each.off for rows in audit.tests.values() for each in rows):
        yield "Its scores are off for no group beyond chance."
    if audit.left_out:
        yield (
            f"{audit.left_out:,} customers are in groups that are too small to look at: "
            "numbers would tell of one person."
        )


def _tables(audit: Audit) -> Iterator[Table]:
    columns: tuple[str, ...] = (audit.attribute, "customers", "scored", "mean", "quartiles")
    for output, scores in audit.scores.items():
        yield Table(f"Scores: {output}", columns, tuple(map(_scored, scores)))
    columns = (audit.attribute, "customers", "inside", "rate", "interval", "of the highest")
    for found in audit.segments:
        yield Table(f"Segment: {found.segment}", columns, tuple(map(_selected, found.groups)))
    columns = (audit.attribute, "customers", "expected", "came", "interval", "error", "interval")
    for output, rows in audit.tests.items():
        yield Table(f"Tested: {output}", columns, tuple(map(_foretold, rows)))


def _scored(row: Scored) -> tuple[str, ...]:
    quartiles = "" if row.quartiles is None else _joined(row.quartiles)
    return (row.group, f"{row.customers:,}", f"{row.scored:,}", _short(row.mean), quartiles)


def _joined(quartiles: Sequence[float]) -> str:
    return " · ".join(map(_short, quartiles))


def _selected(row: Selected) -> tuple[str, ...]:
    ratio = "highest" if row.ratio is None and row.selected else ""
    if row.ratio is not None:
        ratio = f"{row.ratio:.2f} ({row.ratio_low:.2f} to {row.ratio_high:.2f})"
    interval = f"{row.low:.1%} to {row.high:.1%}"
    return (
        row.group,
        f"{row.customers:,}",
        f"{row.selected:,}",
        f"{row.rate:.1%}",
        interval,
        ratio,
    )


def _foretold(row: Foretold) -> tuple[str, ...]:
    if row.expected is None:
        return (row.group, f"{row.customers:,}", "too few", "", "", "", "")
    return (
        row.group,
        f"{row.customers:,}",
        _short(row.expected),
        _short(row.actual),
        f"{_short(row.low)} to {_short(row.high)}{' off' if row.off else ''}",
        _short(row.error),
        f"{_short(row.error_low)} to {_short(row.error_high)}",
    )


def _short(value: float | None) -> str:
    """Three digits that matter; a whole row is to fit a line."""
    return "" if value is None else f"{value:,.0f}" if abs(value) >= WHOLE else f"{value:.3g}"
