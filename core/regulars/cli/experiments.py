"""``regulars experiments``: read what experiments have found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import one_line, print_json, print_table

from .opening import (
    at_option,
    instant_of,
    json_option,
    opened,
    playbook_argument,
    svg_option,
    write_picture,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from regulars.playbook.loading import Loaded
    from regulars.runs.experimenting import Standing


@click.command("experiments")
@playbook_argument
@click.argument("name", required=False)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@at_option
@svg_option
@click.option("--assign", "assigns", is_flag=True, help="Print the arm of NAME that each ID gets.")
@click.option("--learn", "learns", is_flag=True, help="Learn from all experiments for later ones.")
@json_option
def command(  # noqa: PLR0913 (one an option)
    playbook: Path,
    name: str | None,
    ids: tuple[str, ...],
    at: str | None,
    svg: Path | None,
    *,
    assigns: bool,
    learns: bool,
    as_json: bool,
) -> None:
    """List the experiments of PLAYBOOK, or tell what NAME has found; `holdout` is one as well.

    It is told as of the last run, or with --at as of then. With --assign the ids of customers
    follow NAME, or values of its unit; who takes no part gets `none`.
    """
    _refuse_mixtures(name, ids, svg, assigns=assigns, learns=learns)
    if assigns and at:
        raise click.UsageError("--assign tells the arms as they are now: say it without --at")
    with opened(playbook) as loaded:
        if assigns and name is not None:
            _assign(loaded, name, ids, as_json=as_json)
            return
        now = None if at is None else instant_of(at, loaded)
        if learns:
            _learn(loaded, now, as_json=as_json)
        elif name is None:
            _list(loaded, now, as_json=as_json)
        else:
            _tell(loaded, name, now, svg, as_json=as_json)


def _refuse_mixtures(
    name: str | None, ids: Sequence[str], svg: Path | None, *, assigns: bool, learns: bool
) -> None:
    if learns and (name or svg or assigns):
        raise click.UsageError("--learn learns from all experiments: say it without anything else")
    if assigns and not ids:
        raise click.UsageError("--assign needs an experiment and the ids to tell the arms of")
    if ids and not assigns:
        raise click.UsageError("to tell the arms of ids, say --assign")
    if svg and (assigns or name is None):
        raise click.UsageError("--svg draws one experiment: name it, without --assign")


def _assign(loaded: Loaded, name: str, ids: Sequence[str], *, as_json: bool) -> None:
    from regulars.runs.assigning import assign

    arms = assign(loaded, name, ids)
    if as_json:
        print_json(arms)
        return
    for id_ in ids:
        click.echo(f"{id_} {arms[id_] or 'none'}")


def _learn(loaded: Loaded, now: datetime | None, *, as_json: bool) -> None:
    from dataclasses import asdict

    from regulars.runs.learning import learn

    lessons = learn(loaded, now)
    if as_json:
        print_json([asdict(lesson) for lesson in lessons])
        return
    for lesson in lessons:
        count = lesson.experiments
        what = f"{count:,} experiment{'' if count == 1 else 's'}"
        learned = one_line(dict(lesson.learned))
        click.echo(f"{lesson.analysis} was shown {what} and learned: {learned}")
    if not lessons:
        click.echo("There is nothing to learn from yet: no analysis that learns has decided any.")


def _list(loaded: Loaded, now: datetime | None, *, as_json: bool) -> None:
    from regulars.runs.experimenting import standings

    found = standings(loaded, now)
    if as_json:
        print_json([standing.as_json() for standing in found])
    elif found:
        columns = ["experiment", "since", "units", "verdict"]
        print_table("Experiments", columns, map(_row, found))
    else:
        click.echo("The playbook has no experiments, and no holdout.")


def _row(standing: Standing) -> list[object]:
    units = [f"{arm} {count:,}" for arm, count in standing.units.items()]
    since = None if standing.since is None else f"{standing.since:%Y-%m-%d}"
    return [standing.name, since, units, standing.verdict]


def _tell(
    loaded: Loaded, name: str, now: datetime | None, svg: Path | None, *, as_json: bool
) -> None:
    from regulars.runs.experimenting import drawn, standing

    from .findings import print_findings

    found = standing(loaded, name, now)
    if svg is not None:
        write_picture(svg, drawn(loaded, found))
    if as_json:
        print_json(found.as_json())
    else:
        print_findings(found)
