"""Advancing: everybody who stands before a step and is due does it, as one set."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, select, true

from regulars.experiments import Assignment, expose
from regulars.playbook.journeys import Emit, Exit, If, Send, Set, Split, WaitFor
from regulars.store import insert_from, tables
from regulars.store.tables import Id, Instant, Name

from .cohort import end, gather, move
from .effects import emit_event, set_attributes
from .timing import end_of_wait
from .watching import to_look_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Select

    from .place import Place
    from .program import Instruction


def advance(connection: Connection, place: Place, instruction: Instruction) -> Counter[str]:
    """Do one step for everybody who stands before it and is due; how many ended in which state.

    What an entry has done once it doesn't do again: it goes the way that it went then.
    """
    if not gather(connection, place.cohort, *_groups(connection, place, instruction)):
        return Counter()
    _act(connection, place, instruction)
    _log(connection, place, instruction.id)
    if isinstance(instruction.step, Exit):
        reason = instruction.step.exit
        return Counter(exited=end(connection, place.cohort, "exited", reason, place.now))
    return Counter(completed=_go(connection, place, instruction))


def _groups(
    connection: Connection, place: Place, instruction: Instruction
) -> Iterator[Select[Any]]:
    """Who is to do the step, each with the outcome."""
    positions = tables.positions
    due = positions.c.due_at <= place.now
    match instruction.step:
        case WaitFor() as wait:
            yield from _who_waited(connection, place, instruction.id, wait)
        case If(if_=condition):
            yield _group(place, instruction.id, _way(place.scope.condition(condition)), due)
        case Split(split=experiment):
            way = Assignment.of(connection, place.scope, experiment).way
            yield _group(place, instruction.id, way, due)
        case _:
            yield _group(place, instruction.id, literal("done", Name), due)


def _who_waited(
    connection: Connection, place: Place, step: str, wait: WaitFor
) -> Iterator[Select[Any]]:
    """Those for whom the condition holds, and those whose time is over."""
    positions = tables.positions
    holds = place.scope.since_entry().condition(wait.wait_for)
    over = end_of_wait(connection, place.scope, wait, positions.c.customer)
    just_arrived = positions.c.due_at == over
    for who in to_look_at(place, f"steps.{step}", wait.wait_for, just_arrived):
        yield _group(place, step, literal("then", Name), and_(who, holds))
    yield _group(place, step, _way(holds), positions.c.due_at <= place.now)


def _way(holds: ColumnElement[bool]) -> ColumnElement[str]:
    return case((holds, literal("then", Name)), else_=literal("else", Name))


def _group(
    place: Place, step: str, outcome: ColumnElement[str], who: ColumnElement[bool]
) -> Select[Any]:
    positions, entries, steps = tables.positions, tables.entries, tables.steps
    standing = positions.join(entries, entries.c.id == positions.c.entry).outerjoin(
        steps, and_(steps.c.entry == positions.c.entry, steps.c.step == step)
    )
    return (
        select(
            positions.c.entry,
            positions.c.customer,
            positions.c.due_at,
            func.coalesce(steps.c.outcome, outcome),
            case((steps.c.entry.is_(None), 1), else_=0),
        )
        .select_from(place.scope.people_of(standing, positions.c.customer))
        .where(positions.c.journey == place.name, positions.c.step == step, who)
    )


def _act(connection: Connection, place: Place, instruction: Instruction) -> None:
    """What the step does besides moving on, for those who do it for the first time."""
    cohort = place.cohort
    who = select(cohort.c.customer).where(cohort.c.new == 1)
    match instruction.step:
        case Send() as send:
            _plan_message(connection, place, instruction.id, send.send)
        case Set(set=values):
            set_attributes(connection, place.scope, who, values)
        case Emit() as emit:
            emit_event(connection, place, instruction.id, emit)
        case Split(split=experiment):
            expose(connection, Assignment.of(connection, place.scope, experiment), who, place.now)


def _plan_message(connection: Connection, place: Place, step: str, message: str) -> None:
    """One ledger row an entry; the unique key refuses a second one for ever."""
    entries, cohort = tables.entries, place.cohort
    insert_from(
        connection,
        tables.deliveries,
        (
            *("entry", "customer", "occurred_at", "journey", "step", "message", "state"),
            *("planned_at", "planned_by", "due_at"),
        ),
        select(
            entries.c.id,
            entries.c.customer,
            entries.c.occurred_at,
            literal(place.name, Name),
            literal(step, Name),
            literal(message, Name),
            literal("planned", Name),
            literal(place.now, Instant),
            literal(place.run, Id),
            cohort.c.due_at,
        )
        .join(cohort, cohort.c.entry == entries.c.id)
        .where(cohort.c.new == 1)
        .order_by(entries.c.id),
        skip_existing=True,
    )


def _log(connection: Connection, place: Place, step: str) -> None:
    cohort = place.cohort
    insert_from(
        connection,
        tables.steps,
        ("entry", "step", "at", "outcome"),
        select(
            cohort.c.entry, literal(step, Name), literal(place.now, Instant), cohort.c.outcome
        ).where(cohort.c.new == 1),
    )


def _go(connection: Connection, place: Place, instruction: Instruction) -> int:
    """Move the cohort on, each where the outcome leads; how many completed the journey."""
    outcome = place.cohort.c.outcome
    elsewhere: dict[str | None, list[str]] = defaultdict(list)
    for way, target in instruction.ways.items():
        if target != instruction.after:
            elsewhere[target].append(way)
    completed = 0
    for target, ways in elsewhere.items():
        completed += move(connection, place, target, outcome.in_(ways))
    named = [way for ways in elsewhere.values() for way in ways]
    others = outcome.not_in(named) if named else true()
    return completed + move(connection, place, instruction.after, others)
