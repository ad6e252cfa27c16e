"""The summary of a run or a plan, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import print_table, print_title
from regulars.runs.sentences import sentence

if TYPE_CHECKING:
    from regulars.playbook.playbook import Playbook
    from regulars.predictions.stage import ModelCount
    from regulars.runs.summary import Summary


def print_summary(summary: Summary, *, planned: bool) -> None:
    """What happened, or would happen, as tables on stdout."""
    verb = "this run would do" if planned else "this run did"
    print_title(f"{summary.playbook} at {summary.at:%Y-%m-%d %H:%M} UTC: what {verb}")
    click.echo()
    if summary.ingested:
        print_table(
            "Data",
            ["source", "customers", "events", "rejected"],
            ([n, s.customers, s.events, s.rejected] for n, s in summary.ingested.items()),
        )
    _print_retained(summary, planned=planned)
    if summary.models:
        _print_models(summary)
    if summary.segments:
        print_table(
            "Segments",
            ["segment", "members", "entered", "left"],
            ([n, s.members, s.entered, s.left] for n, s in summary.segments.items()),
        )
    for name, words in summary.slow.items():
        click.echo(f"! the segment {name} is slow: {words}\n")
    if summary.journeys:
        _print_journeys(summary)
    if summary.edits:
        print_table(
            "Edits of journeys that customers were inside of",
            ["journey", "step that is gone", "customers", "they go on to"],
            (
                [edit.journey, edit.step, edit.customers, edit.to or "nothing: they leave"]
                for edit in summary.edits
            ),
        )
    _print_decisions(summary, planned=planned)


def print_notes(playbook: Playbook) -> None:
    """What is no mistake in a playbook, but good to know, on stdout."""
    from regulars.customers.privacy.looking_back import forgets

    if note := forgets(playbook):
        click.echo(f"retention: {note}")


def _print_retained(summary: Summary, *, planned: bool) -> None:
    retained = summary.retained
    if retained is None:
        return
    day = f"{retained.until:%Y-%m-%d}"
    if retained.events:
        done = "dropped" if retained.then == "drop" else "rolled up"
        verb = "would be" if planned else "were"
        click.echo(f"retention: {retained.events:,} events older than {day} {verb} {done}")
    left_out = sum(source.too_old for source in summary.ingested.values())
    if left_out:
        verb = "would be" if planned else "were"
        click.echo(f"retention: {left_out:,} rows of events older than {day} {verb} left out")


def _print_models(summary: Summary) -> None:
    print_table(
        "Models",
        ["model", "customers scored", "learned"],
        ([name, model.scored, _learned(model)] for name, model in summary.models.items()),
    )
    drifted = [(name, told) for name, model in summary.models.items() for told in model.drift]
    warned = [(name, _warning(model)) for name, model in summary.models.items() if model.warnings]
    for name, told in [*drifted, *((f"! {name}", told) for name, told in warned)]:
        click.echo(f"{name}: {told}")
    if drifted or warned:
        click.echo()


def _warning(model: ModelCount) -> str:
    """The first of its warnings, and where the others are."""
    first, *others = model.warnings
    return f"{first} (And {len(others)} more: see regulars models.)" if others else first


def _learned(model: ModelCount) -> str:
    if model.missing is None:
        return "now" if model.fitted else "before"
    return f"{'not yet' if model.version is None else 'before, but not now'}: {model.missing}"


def _print_journeys(summary: Summary) -> None:
    goals = summary.goals
    columns = ["journey", "entered", "waiting", "completed", "exited"]
    rows: list[list[object]] = [
        [name, journey.entered, journey.active, journey.completed, journey.exited]
        for name, journey in summary.journeys.items()
    ]
    if goals:
        columns.append("goal reached")
        rows = [[*row, goals.get(str(row[0]))] for row in rows]
    print_table("Journeys", columns, rows)
    missed = {name: j.missed for name, j in summary.journeys.items() if j.missed}
    for name, count in missed.items():
        occasions = "occasion" if count == 1 else "occasions"
        click.echo(
            f"{name}: {count:,} {occasions} passed while nothing ran, too long ago to count "
            "(misfire)"
        )
    if missed:
        click.echo()


def _print_decisions(summary: Summary, *, planned: bool) -> None:
    decisions = summary.decisions
    rows: list[list[object]] = [["would be sent" if planned else "sent", decisions.sent, ""]]
    for state in ("failed", "unknown"):
        count = getattr(decisions, state)
        if count:
            rows.append([state, count, f"list them: regulars deliveries PLAYBOOK --state {state}"])
    for state, counts in (("held", decisions.held), ("skipped", decisions.skipped)):
        rows += [
            [state, count, f"{reason}: {sentence(state, reason)}"]
            for reason, count in counts.items()
        ]
    print_table("Messages", ["decision", "messages", "why"], rows)
