"""The stage: every journey lets customers in and moves them on, each in its own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from regulars.instants import instant
from regulars.store import tables
from regulars.triggers import Past

from .advancing import advance
from .entering import enter, place_at_first_step
from .place import Place
from .program import program

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from regulars.playbook.journeys import Journey
    from regulars.segments.scope import Scope
    from regulars.store import Store


@dataclass(frozen=True)
class JourneyCount:
    """What a run did to a journey: who entered and ended in it, and who is inside now.

    ``missed`` counts the occasions that passed too long before this run to count.
    """

    entered: int
    active: int
    completed: int
    exited: int
    missed: int = 0


def run_journeys(store: Store, scope: Scope, run: int) -> dict[str, JourneyCount]:
    """Let in, advance and plan messages for every journey of the playbook."""
    counts = {}
    for name, journey in scope.playbook.journeys.items():
        with store.transaction() as connection:
            counts[name] = _run_journey(connection, name, journey, Place(name, run, scope))
    return counts


def _run_journey(connection: Connection, name: str, journey: Journey, place: Place) -> JourneyCount:
    before = _ended(connection, name)
    entered, missed = enter(connection, name, journey, place.scope, _past(connection, name))
    instructions = program(journey)
    place_at_first_step(connection, name, instructions[0].id, place.now)
    for instruction in instructions:
        advance(connection, place, instruction)
    _remember(connection, name, place)
    after = _ended(connection, name)
    return JourneyCount(
        entered,
        after.get("active", 0),
        after.get("completed", 0) - before.get("completed", 0),
        after.get("exited", 0) - before.get("exited", 0),
        missed,
    )


def _ended(connection: Connection, name: str) -> dict[str, int]:
    entries = tables.entries
    rows = connection.execute(
        select(entries.c.state, func.count())
        .where(entries.c.journey == name)
        .group_by(entries.c.state)
    )
    return {row.state: row[1] for row in rows}


def _past(connection: Connection, name: str) -> Past:
    journeys = tables.journeys
    row = connection.execute(select(journeys).where(journeys.c.name == name)).one_or_none()
    if row is None:
        return Past()
    return Past(instant(row.first_run), instant(row.last_run), row.last_event)


def _remember(connection: Connection, name: str, place: Place) -> None:
    journeys, events = tables.journeys, tables.events
    seen = connection.scalar(select(func.max(events.c.id))) or 0
    values = {"last_run": place.now, "last_event": seen}
    done = connection.execute(update(journeys).where(journeys.c.name == name).values(values))
    if done.rowcount == 0:
        row = {"name": name, "first_run": place.now, **values}
        connection.execute(insert(journeys).values(row))
