"""``regulars customers``: show what is known of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .opening import json_option, opened, playbook_argument
from .printing import print_json, print_table

if TYPE_CHECKING:
    from pathlib import Path


@click.group("customers")
def command() -> None:
    """Show what is known of a customer."""


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
    for title in ("segments", "events", "journeys", "messages"):
        rows = story[title]
        if rows:
            print_table(title.capitalize(), list(rows[0]), (row.values() for row in rows))
