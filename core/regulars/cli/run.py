"""``regulars run``: do what the playbook says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.delivery import IN_FLIGHT
from regulars.printing import print_json

from .opening import at_option, instant_of, json_option, opened, playbook_argument
from .progress import progress_on_terminal

if TYPE_CHECKING:
    from pathlib import Path


@click.command("run")
@playbook_argument
@at_option
@click.option(
    "--in-flight",
    type=click.IntRange(1, 500),
    default=IN_FLIGHT,
    show_default=True,
    help="How many messages may be on their way at a time: so many can become unknown when the "
    "machine goes down.",
)
@click.option("--profile", "profiles", is_flag=True, help="Print where the time went.")
@click.option(
    "--explain", "explains", is_flag=True, help="With --profile: how the slowest statements work."
)
@json_option
def command(  # noqa: PLR0913 (one an option)
    playbook: Path,
    at: str | None,
    in_flight: int,
    *,
    profiles: bool,
    explains: bool,
    as_json: bool,
) -> int:
    """Do what PLAYBOOK says: load, compute, let in, decide, send.

    Exit status 1 says that messages failed or that nobody knows whether they went.
    """
    from regulars.runs.run import run
    from regulars.store.profiling import Profile

    from .profile import print_profile, profile_as_json
    from .reporting import print_summary

    if explains and not profiles:
        raise click.UsageError("--explain tells more of --profile: say both")
    profile = Profile(explains=explains) if profiles else None
    with opened(playbook) as loaded, progress_on_terminal() as progress:
        now = instant_of(at, loaded)
        summary = run(loaded, now, progress, in_flight=in_flight, profile=profile)
    for channel, reason in summary.away.items():
        click.echo(
            f"channels.{channel} can't be reached, its messages wait for the next run: {reason}",
            err=True,
        )
    if as_json:
        told = summary.as_json()
        print_json(told | {"profile": profile_as_json(profile)} if profile else told)
    else:
        print_summary(summary, planned=False)
        if profile is not None:
            print_profile(summary, profile)
    return int(summary.needs_a_person)
