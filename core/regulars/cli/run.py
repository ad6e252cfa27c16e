"""``regulars run``: do what the playbook says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .opening import at_option, instant_of, json_option, opened, playbook_argument
from .printing import print_json, progress_on_terminal

if TYPE_CHECKING:
    from pathlib import Path


@click.command("run")
@playbook_argument
@at_option
@json_option
def command(playbook: Path, at: str | None, *, as_json: bool) -> int:
    """Do what PLAYBOOK says: load, compute, let in, decide, send.

    Exit status 1 says that messages failed or that nobody knows whether they went.
    """
    from regulars.runs.run import run

    from .reporting import print_summary

    with opened(playbook) as loaded, progress_on_terminal() as progress:
        summary = run(loaded, instant_of(at, loaded), progress)
    for channel, reason in summary.away.items():
        click.echo(
            f"channels.{channel} can't be reached, its messages wait for the next run: {reason}",
            err=True,
        )
    if as_json:
        print_json(summary.as_json())
    else:
        print_summary(summary, planned=False)
    return int(summary.needs_a_person)
