"""``regulars deliveries``: list messages, and settle those whose outcome is unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from regulars.printing import print_json, print_table

from .opening import json_option, login, opened, playbook_argument

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.runs.settling import Word

STATES = ("planned", "claimed", "sent", "failed", "unknown", "held", "skipped")
NEWEST = 50  # messages that are listed unless somebody asks for more
MOST = 2**63 - 1  # the largest number that a store keeps
ENDS: dict[Word, str] = {"sent": "sent", "failed": "failed", "again": "planned again"}


class ListedByDefault(click.Group):
    """A group that lists when its first word is none of its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``list`` before what is no command."""
        if args and args[0] not in {*self.commands, *self.get_help_option_names(ctx)}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("deliveries", cls=ListedByDefault)
def command() -> None:
    """List messages, and settle those whose outcome is unknown.

    `regulars deliveries PLAYBOOK …` lists.
    """


@command.command("list")
@playbook_argument
@click.option("--unknown", is_flag=True, help="All whose outcome nobody knows: --state unknown.")
@click.option("--state", type=click.Choice(STATES), help="Those in this state alone.")
@click.option("--message", metavar="NAME", help="Those of this message alone.")
@click.option(
    "--limit",
    type=click.IntRange(1, MOST),
    help=f"How many, the newest. Default: {NEWEST}, and every unknown one.",
)
@json_option
def list_(  # noqa: PLR0913 (one an option)
    playbook: Path,
    state: str | None,
    message: str | None,
    limit: int | None,
    *,
    unknown: bool,
    as_json: bool,
) -> None:
    """List the messages of PLAYBOOK, with what became of each."""
    from regulars.runs.reading import messages, stored

    if unknown and state not in (None, "unknown"):
        raise click.UsageError("--unknown says --state unknown; give one of them")
    state = "unknown" if unknown else state
    most = limit or (None if state == "unknown" else NEWEST)
    with opened(playbook) as loaded, stored(loaded) as store:
        found, count = messages(store, state=state, message=message, most=most)
    if as_json:
        print_json(found)
        return
    print_table(
        "Messages", ["id", "when", "customer", "message", "what became of it"], map(_cells, found)
    )
    if count > len(found):
        click.echo(f"The newest {len(found):,} of {count:,}; --limit shows more.")
    if any(row["state"] == "unknown" for row in found):
        click.echo(
            "Ask the provider about the unknown ones, then:\n"
            f"  regulars deliveries resolve {playbook} ID… --sent | --failed | --again"
        )


def _cells(row: dict[str, Any]) -> list[object]:
    """One message: what a person asks first; the rest is in ``--json``."""
    to = f" to {row['address']} by {row['channel']}" if row["address"] else ""
    reason = f": {row['reason']}" if row["reason"] else ""
    said = [f"{row['state']}{to}{reason}", *([row["detail"]] if row["detail"] else [])]
    when = row["settled_at"] or row["planned_at"]
    return [str(row["id"]), when, row["customer"] or "erased", row["message"], said]


@command.command("resolve")
@playbook_argument
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.IntRange(1, MOST))
@click.option("--sent", is_flag=True, help="They were sent.")
@click.option("--failed", is_flag=True, help="They were not sent, and won't be.")
@click.option("--again", is_flag=True, help="Send them once more with the next run.")
def resolve(playbook: Path, ids: tuple[int, ...], **said: bool) -> None:
    """Settle messages of PLAYBOOK whose outcome is unknown by your word: all of them or none.

    Ask the provider first. What was sent already and goes out --again arrives twice.
    """
    from regulars.runs import settling

    words = [word for word in ENDS if said[word]]
    if len(words) != 1:
        raise click.UsageError("say one thing of them: --sent, --failed or --again")
    with opened(playbook) as loaded:
        count = settling.resolve(loaded, ids, words[0], login(), datetime.now(UTC))
    click.echo(f"{count:,} {'message' if count == 1 else 'messages'} {ENDS[words[0]]}")
