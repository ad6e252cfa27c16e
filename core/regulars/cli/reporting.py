"""The summary of a run or a plan, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .printing import print_table

if TYPE_CHECKING:
    from regulars.playbook.playbook import Playbook
    from regulars.runs.summary import Summary

WHY_SKIPPED = {
    "consent": "no consent to the topic",
    "unreachable": "no address on any channel",
    "duplicate": "the same address gets it already",
    "late": "too late to be welcome",
    "render_error": "the template failed for this customer",
    "refused": "a plugin said no",
    "exited": "the step is gone from the playbook",
}


def print_summary(summary: Summary, *, planned: bool) -> None:
    """What happened, or would happen, as tables on stdout."""
    verb = "would do" if planned else "did"
    click.echo(f"{summary.playbook} at {summary.at:%Y-%m-%d %H:%M} UTC: what this run {verb}\n")
    if summary.ingested:
        print_table(
            "Data",
            ["source", "customers", "events", "rejected"],
            ([n, s.customers, s.events, s.rejected] for n, s in summary.ingested.items()),
        )
    _print_retained(summary, planned=planned)
    if summary.segments:
        print_table(
            "Segments",
            ["segment", "members", "entered", "left"],
            ([n, s.members, s.entered, s.left] for n, s in summary.segments.items()),
        )
    if summary.journeys:
        print_table(
            "Journeys",
            ["journey", "entered", "inside now", "completed", "exited"],
            ([n, j.entered, j.active, j.completed, j.exited] for n, j in summary.journeys.items()),
        )
    _print_goals_and_edits(summary)
    for name, journey in summary.journeys.items():
        if journey.missed:
            click.echo(
                f"{name}: {journey.missed:,} passed while nothing ran, too long ago to count "
                "(misfire)"
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


def _print_goals_and_edits(summary: Summary) -> None:
    if any(summary.goals.values()):
        print_table("Goals", ["journey", "reached"], summary.goals.items())
    if summary.edits:
        print_table(
            "Edits",
            ["journey", "step that is gone", "customers", "go on to"],
            (
                [edit.journey, edit.step, edit.customers, edit.to or "nothing: they leave"]
                for edit in summary.edits
            ),
        )


def _print_decisions(summary: Summary, *, planned: bool) -> None:
    decisions = summary.decisions
    rows: list[list[object]] = [["would be sent" if planned else "sent", decisions.sent, ""]]
    for name in ("failed", "unknown"):
        count = getattr(decisions, name)
        if count:
            rows.append([name, count, "why: regulars customers show PLAYBOOK ID"])
    rows += [["held", count, reason] for reason, count in decisions.held.items()]
    rows += [
        ["skipped", count, f"{reason}: {WHY_SKIPPED.get(reason, reason)}"]
        for reason, count in decisions.skipped.items()
    ]
    print_table("Messages", ["decision", "messages", "why"], rows)
