"""Entering: who a journey lets in, each occasion once, as often as ``again`` allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, or_, select

from regulars.instants import micros
from regulars.playbook.triggers import EntersTrigger, LeavesTrigger
from regulars.store import insert_from, insert_rows, tables, temporary
from regulars.store.tables import Instant, Name
from regulars.triggers import candidate_columns, occasions

from .timing import end_of_wait

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select, Table

    from regulars.playbook.journeys import Journey
    from regulars.segments.scope import Scope
    from regulars.triggers import Occasions

    from .place import Place

COLUMNS = ("customer", "key", "occurred_at", "event")


def enter(connection: Connection, place: Place) -> tuple[int, int]:
    """Let in whoever the trigger finds; how many entries began, and how many occasions passed by.

    They stand before the first step, which is due since what let them in happened.
    An occasion passes by when it lies further back than the journey's ``misfire``: an occurrence
    of the clock, or what a customer did.
    """
    name, journey, scope, past = place.name, place.journey, place.scope, place.memory.past
    found = occasions(connection, journey, scope, past, _recorded(connection, name))
    entered = 0
    if found.found is not None:
        with temporary(connection, "candidates", *candidate_columns()) as candidates:
            insert_from(connection, candidates, COLUMNS, found.found)
            entered = insert_from(
                connection,
                tables.entries,
                (*COLUMNS, "journey", "entered_at", "state"),
                _allowed(candidates, name, journey, scope),
            )
    if entered:
        _begin(connection, place)
    return entered, _record(connection, name, scope, found)


def _allowed(candidates: Table, name: str, journey: Journey, scope: Scope) -> Select[Any]:
    """The oldest candidate of each key, or of each customer where ``again`` sets a limit."""
    entries = tables.entries
    again = journey.may_enter_again
    before = (
        select(entries.c.id)
        .where(entries.c.journey == name, entries.c.customer == candidates.c.customer)
        .where(_stands_in_the_way(candidates, journey, scope))
        .exists()
    )
    each = [candidates.c.customer, *([candidates.c.key] if again == "always" else [])]
    place = func.row_number().over(
        partition_by=each, order_by=[candidates.c.occurred_at, candidates.c.key, candidates.c.event]
    )
    ranked = select(*candidates.c, place.label("place")).where(~before).subquery("ranked")
    return select(
        *(ranked.c[column] for column in COLUMNS),
        literal(name, Name),
        literal(micros(scope.now), Instant),
        literal("active", Name),
    ).where(ranked.c.place == 1)


def _stands_in_the_way(candidates: Table, journey: Journey, scope: Scope) -> ColumnElement[bool]:
    """What earlier entry of this customer forbids a new one."""
    entries = tables.entries
    again = journey.may_enter_again
    if again == "never":
        return entries.c.id.is_not(None)
    reasons = [entries.c.key == candidates.c.key]
    if isinstance(journey.when, EntersTrigger | LeavesTrigger):
        reasons.append(entries.c.state == "active")
    if again != "always":
        reasons.append(entries.c.occurred_at > micros(again.before(scope.now, scope.zone)))
    return or_(*reasons)


def _recorded(connection: Connection, name: str) -> frozenset[int]:
    occurrences = tables.occurrences
    return frozenset(
        connection.scalars(select(occurrences.c.at).where(occurrences.c.journey == name))
    )


def _record(connection: Connection, name: str, scope: Scope, found: Occasions) -> int:
    """Keep what the clock fired and what was missed; how much was missed."""
    rows: list[tuple[int, str, int | None]] = [
        (micros(occurrence.at), "missed" if occurrence.missed else "fired", None)
        for occurrence in found.occurrences
    ]
    if found.late is not None:
        late = connection.scalar(select(func.count()).select_from(found.late.subquery("late")))
        rows += [(micros(scope.now), "missed", late)] if late else []
    if rows:
        columns = ("journey", "at", "outcome", "customers")
        insert_rows(connection, tables.occurrences, columns, [(name, *row) for row in rows])
    return sum(customers or 1 for _, outcome, customers in rows if outcome == "missed")


def _begin(connection: Connection, place: Place) -> None:
    """Put those who entered with this run before the first step."""
    entries = tables.entries
    name, first = next(iter(place.steps.items()))
    over = end_of_wait(connection, place.scope, first.step, entries.c.customer)
    insert_from(
        connection,
        tables.positions,
        ("entry", "journey", "customer", "step", "arrived_at", "due_at"),
        select(
            entries.c.id,
            entries.c.journey,
            entries.c.customer,
            literal(name, Name),
            literal(place.now, Instant),
            entries.c.occurred_at if over is None else over,
        ).where(entries.c.id > place.newest, entries.c.journey == place.name),
    )
