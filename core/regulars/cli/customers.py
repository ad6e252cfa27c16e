"""``regulars customers``: show what is known of a customer, export it, erase it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from regulars.printing import json_text, print_json, print_table

from .opening import json_option, opened, playbook_argument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.customers.privacy.erasing import Erasure


@click.group("customers")
def command() -> None:
    """Show what is known of a customer, export it, or erase it."""


@command.command("show")
@playbook_argument
@click.argument("customer")
@json_option
def show(playbook: Path, customer: str, *, as_json: bool) -> None:
    """Show CUSTOMER: profile, traits, segments, events, journeys and messages."""
    from regulars.runs.story import customer_story

    with opened(playbook) as loaded:
        story = customer_story(loaded, customer)
    if as_json:
        print_json(story)
        return
    for title in ("profile", "traits"):
        print_table(title.capitalize(), [title, "value"], story[title].items())
    told = story | {"messages": [_in_short(message) for message in story["messages"]]}
    for title in ("segments", "events", "journeys", "messages"):
        rows = told[title]
        if rows:
            print_table(title.capitalize(), list(rows[0]), (row.values() for row in rows))


def _in_short(message: Mapping[str, Any]) -> dict[str, Any]:
    """What fits on a line of a narrow terminal; ``regulars why`` tells the rest."""
    reason = f" ({message['reason']})" if message["reason"] else ""
    decided = {"decision": f"{message['state']}{reason}", "at": message["settled_at"]}
    return {"message": message["message"], "address": message["address"], **decided}


@command.command("export")
@playbook_argument
@click.argument("customer")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, for its owner alone. Default: standard output.",
)
def export(playbook: Path, customer: str, output: Path | None) -> None:
    """Print all that is stored of CUSTOMER as one JSON object."""
    from regulars.runs.privacy import export_customer

    with opened(playbook) as loaded:
        told = json_text(export_customer(loaded, customer))
    if output is None:
        click.echo(told)
        return
    output.touch(mode=0o600)
    output.write_text(f"{told}\n", encoding="utf-8")


@command.command("erase")
@playbook_argument
@click.argument("customer")
@click.option("--yes", is_flag=True, help="Don't ask.")
def erase(playbook: Path, customer: str, *, yes: bool) -> None:
    """Erase CUSTOMER for good: everything but a keyed hash that keeps them from coming back.

    Refused while a run goes on (exit status 3) or a message to them is on its way (1).
    """
    from regulars.runs.privacy import erase_customer, holdings

    with opened(playbook) as loaded:
        found = holdings(loaded, customer)
        if found.before is None and not yes:
            _agree(customer, found)
        done = erase_customer(loaded, customer, datetime.now(UTC))
    if done.before is not None:
        click.echo(f"{customer} was erased on {done.before:%Y-%m-%d} already")
    else:
        click.echo(f"{customer} is erased: {_rows(done)}")


def _agree(customer: str, found: Erasure) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError(f"{customer} would be gone for good: say --yes if they should be")
    click.confirm(f"Erase {customer} for good: {_rows(found)}?", abort=True, err=True)


def _rows(erasure: Erasure) -> str:
    counted = (f"{count:,} {table}" for table, count in erasure.rows.items() if count)
    return ", ".join(counted)
