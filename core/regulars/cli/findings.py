"""What an experiment has found, for people: the sentence first, then what to know, then numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from regulars.printing import console, one_line, print_table, print_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.experiments.brought import Brought
    from regulars.hooks.trials import GoalKind
    from regulars.runs.experimenting import Standing

VALUES: dict[GoalKind, str] = {
    "conversion": "{:.2%} of them",
    "count": "{:,.3f} each",
    "revenue": "{:,.2f} each",
    "mean": "{:,.2f} on average",
    "time": "{:,.2f} days on average",
    "ratio": "{:,.2f} {noun}",
}


def print_findings(standing: Standing) -> None:
    """What ``standing`` tells, on stdout."""
    out = console()
    out.print(Text(f"{standing.name} as of {standing.at:%Y-%m-%d %H:%M} UTC", "bold"))
    out.print("")
    for sentence in _sentences(standing):
        out.print(Text(one_line(sentence)))
    warnings = [
        *_unknown(standing),
        *_forgotten(standing),
        *standing.doubts,
        *(standing.reading.warnings if standing.reading else ()),
    ]
    for warning in warnings:
        out.print(Text.assemble(("! ", "yellow"), one_line(warning)))
    out.print("")
    if standing.reading is None:
        _print_brought(standing)
    else:
        print_tables(standing.reading.tables)


def _sentences(standing: Standing) -> Iterator[str]:
    if standing.since is None:
        yield "Nobody has been given an arm yet."
    elif standing.reading is not None:
        yield standing.reading.sentence
    else:
        count = sum(standing.units.values())
        unit = standing.experiment.unit
        whose = f"units ({unit})" if unit else "customers"
        yield f"{count:,} {whose} have an arm, the first since {standing.since:%Y-%m-%d}."
    if not standing.experiment.goals:
        yield "It has no goals: write what it is to change, to have that measured."
    elif standing.reading is None:
        yield "Nothing decides it: write decide: {use: bayes-ab, horizon: 28d} to have it decided."


def _forgotten(standing: Standing) -> Iterator[str]:
    if standing.forgotten is not None:
        until = f"{standing.forgotten:%Y-%m-%d %H:%M}"
        yield (
            f"Events up to {until} were let go by the playbook's retention, and arms were given "
            "out before: what was done then is missing here. Keep events for as long as an "
            "experiment and its goals take."
        )


def _unknown(standing: Standing) -> Iterator[str]:
    if standing.at > standing.known:
        yield f"What happened after the last run, {standing.known:%Y-%m-%d %H:%M}, isn't known yet."


def _print_brought(standing: Standing) -> None:
    if not standing.brought:
        print_table("Arms", ["arm", "units"], standing.units.items())
        return
    rows = [
        [item.goal.id, item.arm, item.units, _total(item), _value(item)]
        for item in standing.brought
    ]
    print_table("What each arm brought", ["goal", "arm", "units", "total", "that is"], rows)


def _total(item: Brought) -> str:
    return f"{item.total:,.2f}" if item.goal.kind in {"revenue", "ratio"} else f"{item.total:,.0f}"


def _value(item: Brought) -> str:
    if item.value is None:
        return ""
    return VALUES[item.goal.kind].format(item.value, noun=item.goal.noun)
