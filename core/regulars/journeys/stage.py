"""The stage: every journey lets customers in and moves them on, each in its own transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.instants import micros
from regulars.store import tables, temporary

from .advancing import advance
from .cohort import cohort_columns
from .editing import Edit, follow_edits, remove
from .entering import enter
from .goals import leave, reach_goal
from .memory import recall, remember
from .place import Place
from .program import program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

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


@dataclass(frozen=True)
class Journeys:
    """What a run did to every journey.

    ``goals`` says how many entries were seen to have reached the goal, where a journey has one.
    """

    counts: Mapping[str, JourneyCount] = field(default_factory=dict)
    goals: Mapping[str, int] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()


def run_journeys(store: Store, scope: Scope, run: int) -> Journeys:
    """Let in, advance and plan messages for every journey, the highest priority first."""
    journeys = scope.playbook.journeys
    edits = _remove_the_gone(store, scope)
    counts, goals = {}, {}
    for name in sorted(journeys, key=lambda name: -journeys[name].priority):
        with (
            store.transaction() as connection,
            temporary(connection, "cohort", *cohort_columns()) as cohort,
        ):
            memory = recall(connection, name)
            steps = {step.id: step for step in program(journeys[name])}
            newest = connection.scalar(select(func.max(tables.entries.c.id))) or 0
            place = Place(name, journeys[name], steps, run, scope, memory, newest, cohort)
            counts[name], reached, edited = _run_journey(connection, place)
        edits += edited
        if journeys[name].goal is not None:
            goals[name] = reached
    return Journeys({name: counts[name] for name in journeys}, goals, tuple(edits))


def _run_journey(connection: Connection, place: Place) -> tuple[JourneyCount, int, list[Edit]]:
    journey, ended, reached = place.journey, Counter[str](), 0
    edits, ended["completed"] = follow_edits(connection, place)
    entered, missed = enter(connection, place)
    if journey.goal is not None:
        reached = reach_goal(connection, place, journey.goal)
    if journey.exit_when is not None:
        ended["exited"] = leave(connection, place, journey.exit_when)
    for instruction in place.steps.values():
        ended += advance(connection, place, instruction)
    remember(connection, place.name, journey, place.scope.zone, place.now)
    active = _active(connection, place.name)
    count = JourneyCount(entered, active, ended["completed"], ended["exited"], missed)
    return count, reached, edits


def _active(connection: Connection, name: str) -> int:
    positions = tables.positions
    inside = select(func.count()).select_from(positions).where(positions.c.journey == name)
    return connection.scalar(inside) or 0


def _remove_the_gone(store: Store, scope: Scope) -> list[Edit]:
    """Empty the journeys that the playbook no longer has."""
    journeys, edits = tables.journeys, list[Edit]()
    gone = select(journeys.c.name).where(journeys.c.name.not_in(list(scope.playbook.journeys)))
    with (
        store.transaction() as connection,
        temporary(connection, "cohort", *cohort_columns()) as cohort,
    ):
        for name in connection.scalars(gone.order_by(journeys.c.name)).all():
            edits += remove(connection, cohort, name, micros(scope.now))
    return edits
