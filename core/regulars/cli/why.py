"""``regulars why``: tell one customer's story, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import print_json

from .opening import at_option, instant_of, json_option, opened, playbook_argument

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


@click.command("why")
@playbook_argument
@click.argument("customer")
@at_option
@click.option("--segment", metavar="NAME", help="Of the segments, tell this one alone.")
@click.option("--journey", metavar="NAME", help="Of the journeys, tell this one alone.")
@json_option
def command(  # noqa: PLR0913 (one an option)
    playbook: Path,
    customer: str,
    at: str | None,
    segment: str | None,
    journey: str | None,
    *,
    as_json: bool,
) -> None:
    """Tell the story of CUSTOMER: what is known, where they stand, what was decided, and why.

    It is told as the last run left it, or with --at as a run then would leave it, which is
    rehearsed. With --segment or --journey alone the rest is left out.
    """
    from regulars.runs.why import why

    from .story import print_why

    with opened(playbook) as loaded:
        book = loaded.playbook
        segments = _chosen("segment", segment, book.segments, alone=journey is None)
        journeys = _chosen("journey", journey, book.journeys, alone=segment is None)
        now = None if at is None else instant_of(at, loaded)
        story = why(loaded, customer, now, segments=segments, journeys=journeys)
    if as_json:
        print_json(story.as_json())
    else:
        print_why(story, whole=segment is None and journey is None)


def _chosen(
    word: str, name: str | None, known: Collection[str], *, alone: bool
) -> list[str] | None:
    """Which of ``known`` to tell; None is all of them."""
    if name is None:
        return None if alone else []
    if name not in known:
        raise click.BadParameter(f"unknown {word} '{name}'; there are: {', '.join(known)}")
    return [name]
