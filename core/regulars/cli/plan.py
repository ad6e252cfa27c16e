"""``regulars plan``: say what a run would do, and do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import print_json

from .opening import at_option, instant_of, json_option, opened, playbook_argument
from .progress import progress_on_terminal

if TYPE_CHECKING:
    from pathlib import Path


@click.command("plan")
@playbook_argument
@at_option
@json_option
def command(playbook: Path, at: str | None, *, as_json: bool) -> None:
    """Say what a run of PLAYBOOK would do; nothing is sent and nothing is kept."""
    from regulars.runs.run import plan

    from .reporting import print_notes, print_summary
    from .sampling import print_samples

    with opened(playbook) as loaded, progress_on_terminal() as progress:
        summary = plan(loaded, instant_of(at, loaded), progress)
    if as_json:
        print_json(summary.as_json())
    else:
        print_summary(summary, planned=True)
        print_samples(summary.samples, loaded.playbook.secrets)
        print_notes(loaded.playbook)
