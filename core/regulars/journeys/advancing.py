"""Advancing: everybody who stands before a step and is due does it, as one set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, literal, select, update

from regulars.playbook.journeys import Emit, Exit, If, Send, Set
from regulars.store import insert_from, tables
from regulars.store.tables import Id, Instant, Name

from .effects import emit_event, set_attributes

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

    from .place import Place
    from .program import Instruction


def advance(connection: Connection, place: Place, instruction: Instruction) -> None:
    """Do one step for everybody who stands before it and is due."""
    cohort = _cohort(place, instruction.id)
    match instruction.step:
        case Send() as send:
            _plan_message(connection, place, instruction.id, send.send)
        case Set(set=values):
            set_attributes(connection, place.scope, cohort, values)
        case Emit() as emit:
            emit_event(connection, place, instruction.id, emit)
        case If(if_=condition):
            _branch(connection, place, instruction, place.scope.condition(condition))
            return
        case Exit(exit=reason):
            _log(connection, place, instruction.id, literal("done", Name))
            _end(connection, place, instruction.id, "exited", reason)
            return
    _log(connection, place, instruction.id, literal("done", Name))
    _go(connection, place, instruction.id, instruction.next)


def _cohort(place: Place, step: str, column: str = "customer") -> Select[Any]:
    return select(tables.positions.c[column]).where(place.before(step))


def _plan_message(connection: Connection, place: Place, step: str, message: str) -> None:
    """One ledger row an entry; the unique key refuses a second one for ever."""
    entries = tables.entries
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
            literal(place.journey, Name),
            literal(step, Name),
            literal(message, Name),
            literal("planned", Name),
            literal(place.now, Instant),
            literal(place.run, Id),
            entries.c.occurred_at,
        )
        .where(entries.c.id.in_(_cohort(place, step, "entry")))
        .order_by(entries.c.id),
        skip_existing=True,
    )


def _branch(
    connection: Connection, place: Place, instruction: Instruction, holds: ColumnElement[bool]
) -> None:
    """Move those for whom the condition holds to ``then``, the others to ``else``."""
    positions = tables.positions
    people = place.scope.tables.customers
    cohort = _cohort(place, instruction.id)
    yes = select(people.c.id).select_from(place.scope.people).where(people.c.id.in_(cohort), holds)
    _log(
        connection,
        place,
        instruction.id,
        case((positions.c.customer.in_(yes), literal("then", Name)), else_=literal("else", Name)),
    )
    steps = tables.steps
    for outcome, target in (("then", instruction.next), ("else", instruction.otherwise)):
        chosen = select(steps.c.entry).where(
            steps.c.step == instruction.id, steps.c.outcome == outcome, steps.c.at == place.now
        )
        _go(connection, place, instruction.id, target, positions.c.entry.in_(chosen))


def _log(connection: Connection, place: Place, step: str, outcome: ColumnElement[str]) -> None:
    positions = tables.positions
    insert_from(
        connection,
        tables.steps,
        ("entry", "step", "at", "outcome"),
        _cohort(place, step, "entry")
        .add_columns(literal(step, Name), literal(place.now, Instant), outcome)
        .select_from(positions),
        skip_existing=True,
    )


def _go(
    connection: Connection,
    place: Place,
    step: str,
    target: str | None,
    *who: ColumnElement[bool],
) -> None:
    """Move the cohort before the step ``target``, or out of the journey."""
    if target is None:
        _end(connection, place, step, "completed", None, *who)
        return
    positions = tables.positions
    connection.execute(
        update(positions)
        .where(place.before(step), *who)
        .values(step=target, arrived_at=place.now, due_at=place.now)
    )


def _end(
    connection: Connection,
    place: Place,
    step: str,
    state: str,
    reason: str | None,
    *who: ColumnElement[bool],
) -> None:
    entries, positions = tables.entries, tables.positions
    leaving = _cohort(place, step, "entry").where(*who)
    connection.execute(
        update(entries)
        .where(entries.c.id.in_(leaving))
        .values(state=state, reason=reason, ended_at=place.now)
    )
    connection.execute(delete(positions).where(place.before(step), *who))
