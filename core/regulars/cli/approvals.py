"""``regulars approvals``: agree to messages that wait for a person, or don't."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from regulars.printing import print_json, print_table

from .opening import at_option, instant_of, json_option, login, opened, playbook_argument

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.playbook.loading import Loaded
    from regulars.runs.approving import Question, State

which_argument = click.argument("which", metavar="[MESSAGE|NUMBER]", required=False)
note_option = click.option("--note", metavar="TEXT", help="Why; it is kept with the answer.")


@click.group("approvals")
def command() -> None:
    """Agree to messages that wait for a person, or don't."""


@command.command("list")
@playbook_argument
@json_option
def list_(playbook: Path, *, as_json: bool) -> None:
    """List what runs of PLAYBOOK asked about, what waits for an answer first.

    A yes covers the message as it is now, and audiences up to the number shown. An edit of the
    message or its templates, and a larger audience, asks again.
    """
    from regulars.runs.approving import questions

    with opened(playbook) as loaded:
        found = questions(loaded)
    if as_json:
        print_json([asdict(item) for item in found])
        return
    print_table("Approvals", _COLUMNS, (_row(item) for item in found))


_COLUMNS = ("number", "message", "waiting", "up to", "asked", "answer")


def _row(item: Question) -> list[object]:
    asked = [str(item.number), item.message, item.waiting, item.up_to, item.asked]
    return [*asked, _answered(item)]


def _answered(item: Question) -> str:
    """The answer in words: what, by whom, when, why, and whether it still means anything."""
    said: str = item.state
    if item.answered is not None:
        said += f" by {item.by}, {item.answered:%Y-%m-%d %H:%M}"
    if item.note:
        said += f": {item.note}"
    return f"{said} (the message has changed since)" if item.changed else said


@command.command("show")
@playbook_argument
@which_argument
@at_option
@json_option
def show(playbook: Path, which: str | None, at: str | None, *, as_json: bool) -> None:
    """Show a message that was asked about, as one of those who wait for it would get it.

    Without a name or a number, the one that waits for an answer.
    """
    from regulars.runs.approving import question

    with opened(playbook) as loaded:
        item = question(loaded, which)
        shown = _rendered(loaded, item, instant_of(at, loaded))
    if as_json:
        print_json({**asdict(item), "sample": shown})
        return
    print_table("Approval", ["what", "is"], zip(_COLUMNS, _row(item), strict=True))
    if shown is None:
        click.echo("there is no customer to show it for")
        return
    click.echo(f"as {shown['customer']} would get it at {shown['address']}, {shown['channel']}:\n")
    if shown["subject"]:
        click.echo(f"Subject: {shown['subject']}\n")
    click.echo(shown["text"])


def _rendered(loaded: Loaded, item: Question, now: datetime) -> dict[str, str] | None:
    """What somebody who waits for it would read; ``regulars render`` shows every byte of it."""
    from regulars.runs.approving import sample
    from regulars.runs.preview import in_plain_text, preview

    found = sample(loaded, item.message)
    if found is None or item.message not in loaded.playbook.messages:
        return None
    customer, channel = found
    said = preview(loaded, item.message, customer, channel, now).message
    to = {"customer": customer, "channel": channel, "address": said.address}
    return {**to, "subject": said.subject, "text": in_plain_text(said).rstrip()}


@command.command("approve")
@playbook_argument
@which_argument
@note_option
def approve(playbook: Path, which: str | None, note: str | None) -> None:
    """Agree: the next run sends the message to those who wait for it."""
    asked = _answer(playbook, which, "approved", note)
    click.echo(f"approved: {asked.message}, for up to {asked.up_to:,} customers in a run")


@command.command("reject")
@playbook_argument
@which_argument
@note_option
def reject(playbook: Path, which: str | None, note: str | None) -> None:
    """Disagree: the next run skips the message for those who wait for it."""
    asked = _answer(playbook, which, "rejected", note)
    click.echo(f"rejected: {asked.message}; change it, and a run asks again")


def _answer(playbook: Path, which: str | None, state: State, note: str | None) -> Question:
    from regulars.runs.approving import answer

    with opened(playbook) as loaded:
        return answer(loaded, which, state, login(), datetime.now(UTC), note)
