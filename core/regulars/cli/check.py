"""``regulars check``: find everything that is wrong with a playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .opening import opened, playbook_argument

if TYPE_CHECKING:
    from pathlib import Path


@click.command("check")
@playbook_argument
def command(playbook: Path) -> None:
    """Find everything that is wrong with PLAYBOOK: all of it at once, exit status 2."""
    from .reporting import print_notes

    with opened(playbook) as loaded:
        found = loaded.playbook
        parts = {
            "source": found.sources,
            "trait": found.traits,
            "segment": found.segments,
            "message": found.messages,
            "journey": found.journeys,
        }
        counted = ", ".join(
            f"{len(items)} {word}{'s' if len(items) != 1 else ''}" for word, items in parts.items()
        )
        click.echo(f"{playbook}: good. {counted}.")
        print_notes(found)
