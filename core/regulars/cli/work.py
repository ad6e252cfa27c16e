"""``regulars work``: send what a run has decided, by several workers."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from regulars.delivery import IN_FLIGHT
from regulars.printing import print_json, print_table

from .opening import json_option, opened, playbook_argument

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from regulars.runs.working import Worked


def _duration(_context: click.Context, parameter: click.Parameter, text: str) -> timedelta:
    """A duration such as ``10m``, of any length.

    Raises:
        click.BadParameter: the text is none.
    """
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from regulars.values import Duration

    start = datetime(2000, 1, 1, tzinfo=UTC)
    try:
        return Duration.parse(text).after(start, ZoneInfo("UTC")) - start
    except ValueError as error:
        raise click.BadParameter(str(error), param=parameter) from None


@click.command("work")
@playbook_argument
@click.option(
    "--workers", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many."
)
@click.option(
    "--in-flight",
    type=click.IntRange(1, 500),
    default=IN_FLIGHT,
    show_default=True,
    help="How many messages each worker may have on their way at a time.",
)
@click.option(
    "--wait",
    metavar="TIME",
    default="0s",
    show_default=True,
    callback=_duration,
    help="How long to look for more, as 10m, when nothing is there to be sent.",
)
@click.option(
    "--within",
    metavar="TIME",
    default="2h",
    show_default=True,
    callback=_duration,
    help="How long after a run began what it decided may still go out: later it may be night.",
)
@json_option
def command(  # noqa: PLR0913 (one an option)
    playbook: Path,
    workers: int,
    in_flight: int,
    wait: timedelta,
    within: timedelta,
    *,
    as_json: bool,
) -> int:
    """Send what the last run of PLAYBOOK has decided, beside it or after it.

    Any number of workers may send at once, on any machine that reaches the store. Exit status 1
    says that a person should look, 3 that the run has not decided yet.
    """
    from regulars.runs.executors import executor_of
    from regulars.runs.working import Shift, see_that_there_is_work, shifts, work_together

    with opened(playbook) as loaded:
        if not wait:
            see_that_there_is_work(loaded)
        shift = Shift(playbook, 0.0, in_flight, wait.total_seconds(), within.total_seconds())
        with _breaking_off(), executor_of("process", workers) as executor:
            worked = work_together(executor, shifts(shift, workers))
    _tell(playbook, worked)
    if as_json:
        said = {"counts": dict(worked.counts), "away": dict(worked.away)}
        print_json(said | {"waiting": worked.waiting, "seconds": round(worked.seconds, 3)})
    else:
        columns = ("sent", "failed", "unknown", "skipped")
        counted = [worked.counts.get(state, 0) for state in columns]
        waiting = "?" if worked.waiting is None else worked.waiting
        print_table("Messages", [*columns, "still planned"], [[*counted, waiting]])
    return int(worked.needs_a_person)


def _tell(playbook: Path, worked: Worked) -> None:
    """What a person should know besides the numbers."""
    for channel, reason in worked.away.items():
        said = f"channels.{channel} can't be reached, its messages wait: {reason}"
        click.echo(said, err=True)
    for said in worked.ended:
        click.echo(f"a worker ended too early: {said}", err=True)
    if worked.too_old:
        click.echo(
            "what is planned was decided too long ago, so nothing more was sent: "
            f"regulars run {playbook}, which decides anew",
            err=True,
        )


@contextmanager
def _breaking_off() -> Iterator[None]:
    """SIGTERM ends the command as Ctrl-C does: what is known is written down first."""

    def break_off(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, break_off)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
