"""``regulars run``: do what the playbook says, or what several of them say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from regulars.delivery import IN_FLIGHT
from regulars.printing import print_json

from .opening import at_option, instant_of, json_option, opened, playbooks_argument, time_of
from .progress import progress_on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regulars.playbook.loading import Loaded
    from regulars.progress import Progress
    from regulars.runs.summary import Summary
    from regulars.store.profiling import Profile


@dataclass(frozen=True)
class Options:
    """What the command line says beside the playbooks."""

    at: str | None
    in_flight: int
    leave_sending: bool
    executor: str | None
    workers: int | None
    profiles: bool
    explains: bool
    as_json: bool


@click.command("run")
@playbooks_argument
@at_option
@click.option(
    "--in-flight",
    type=click.IntRange(1, 500),
    default=IN_FLIGHT,
    show_default=True,
    help="How many messages may be on their way at a time: so many can become unknown when the "
    "machine goes down. Each worker has as many.",
)
@click.option(
    "--executor",
    metavar="WHERE",
    help="process, thread or dask://HOST:PORT: where several playbooks are run (default: process), "
    "and where workers send the messages of one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 1000),
    help="How many work at a time. Default: one a processor.",
)
@click.option(
    "--leave-sending", is_flag=True, help="Decide everything and leave sending to regulars work."
)
@click.option("--profile", "profiles", is_flag=True, help="Print where the time went.")
@click.option(
    "--explain", "explains", is_flag=True, help="With --profile: how the slowest statements work."
)
@json_option
def command(playbooks: tuple[Path, ...], **said: Any) -> int:
    """Do what PLAYBOOK says: load, compute, let in, decide, send.

    Exit status 1 says that messages failed or that nobody knows whether they went. With several
    playbooks each is run by itself, and the status is the worst: 2, then 1, then 3, then 0.
    """
    options = Options(**said)
    _refuse_what_makes_no_sense(options, several=len(playbooks) > 1)
    if len(playbooks) > 1:
        return _run_many(playbooks, options)
    return _run_one(playbooks[0], options)


def _refuse_what_makes_no_sense(options: Options, *, several: bool) -> None:
    if options.explains and not options.profiles:
        raise click.UsageError("--explain tells more of --profile: say both")
    if several and options.profiles:
        raise click.UsageError("--profile looks at one run: name one playbook")
    if not several and options.workers and not options.executor:
        raise click.UsageError("--workers says how many of an --executor: say both")
    if not several and options.executor and options.leave_sending:
        raise click.UsageError("--executor sends and --leave-sending doesn't: say one of them")


def _run_one(playbook: Path, options: Options) -> int:
    from regulars.store.profiling import Profile

    from .profile import print_profile, profile_as_json
    from .reporting import print_summary

    profile = Profile(explains=options.explains) if options.profiles else None
    with opened(playbook) as loaded, progress_on_terminal() as progress:
        summary = _summary(loaded, options, progress, profile)
    for channel, reason in summary.away.items():
        click.echo(
            f"channels.{channel} can't be reached, its messages wait for the next run: {reason}",
            err=True,
        )
    if options.as_json:
        told = summary.as_json()
        print_json(told | {"profile": profile_as_json(profile)} if profile else told)
    else:
        print_summary(summary, planned=False)
        if profile is not None:
            print_profile(summary, profile)
        if summary.left:
            click.echo(f"{summary.left:,} messages wait: regulars work {playbook}")
    return int(summary.needs_a_person)


def _summary(
    loaded: Loaded, options: Options, progress: Progress, profile: Profile | None
) -> Summary:
    from regulars.runs.run import run

    now = instant_of(options.at, loaded)
    flight, leave = options.in_flight, options.leave_sending
    helpers = _helpers(loaded, options) if options.executor else None
    return run(
        loaded,
        now,
        progress,
        in_flight=flight,
        profile=profile,
        helpers=helpers,
        leave_sending=leave,
    )


def _helpers(loaded: Loaded, options: Options) -> Callable[[], None]:
    """Workers on the executor, who send what the run has decided."""
    from regulars.runs.executors import executor_of, width
    from regulars.runs.working import Shift, shifts, work_together

    name = options.executor or ""

    def help_out() -> None:
        with executor_of(name, options.workers) as executor:
            several = options.workers or width(executor)
            shift = Shift(loaded.playbook.path, in_flight=options.in_flight)
            worked = work_together(executor, shifts(shift, several))
        for said in worked.ended:
            click.echo(f"a worker ended too early: {said}", err=True)

    return help_out


def _run_many(playbooks: tuple[Path, ...], options: Options) -> int:
    from regulars.runs.executors import DASK, executor_of
    from regulars.runs.many import Order, run_many, worst

    from .many import print_together, refuse_twice, tell

    refuse_twice(playbooks)
    at = time_of(options.at)
    orders = [Order(path, at, options.in_flight, options.leave_sending) for path in playbooks]
    name, ended = options.executor or "process", {}
    with progress_on_terminal() as progress, executor_of(name, options.workers) as executor:
        progress.start("running", len(orders))
        for ran in run_many(executor, orders, away=name.startswith(DASK)):
            ended[ran.path] = ran
            tell(ran)
            progress.advance(1)
    told = [ended[path] for path in playbooks]
    if options.as_json:
        print_json([ran.as_json() for ran in told])
    else:
        print_together(told)
    return worst([ran.status for ran in told])
