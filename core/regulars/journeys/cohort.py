"""A cohort: those who do something together, and where they stand afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, SmallInteger, and_, case, delete, literal, select, update

from regulars.store import insert_from, tables
from regulars.store.tables import Id, Instant, Name

from .timing import end_of_wait

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select, Table

    from .place import Place

FILLED = ("entry", "customer", "due_at", "outcome", "new")


def cohort_columns() -> list[Column[Any]]:
    """An entry, since when its step is due, what comes of it, and whether it does it first now."""
    return [
        Column("entry", Id, primary_key=True, autoincrement=False),
        Column("customer", Id, nullable=False),
        Column("due_at", Instant),
        Column("outcome", Name),
        Column("new", SmallInteger),
    ]


def gather(connection: Connection, cohort: Table, *groups: Select[Any]) -> bool:
    """Make ``cohort`` those of ``groups``, each once; whether there is anybody.

    A group selects some of the columns, from the first on.
    """
    connection.execute(delete(cohort))
    found = 0
    for group in groups:
        columns = FILLED[: len(group.selected_columns)]
        found += insert_from(connection, cohort, columns, group, skip_existing=True)
    return found > 0


def move(connection: Connection, place: Place, target: str | None, who: ColumnElement[bool]) -> int:
    """Let those ``who`` of the cohort stand before ``target``, or complete; how many completed.

    Before a wait the step is due when the wait is over, before another one since the last was.
    """
    if target is None:
        return end(connection, place.cohort, "completed", None, place.now, who)
    positions = tables.positions
    chosen = select(place.cohort.c.entry).where(who)
    connection.execute(
        update(positions)
        .where(positions.c.entry.in_(chosen))
        .values(step=target, arrived_at=place.now, due_at=_due_at(connection, place, target))
    )
    return 0


def _due_at(connection: Connection, place: Place, target: str) -> ColumnElement[Any]:
    positions, steps = tables.positions, tables.steps
    now = literal(place.now, Instant)
    carried = case((positions.c.due_at > now, now), else_=positions.c.due_at)
    step = place.steps[target].step
    over = end_of_wait(connection, place.scope, step, positions.c.customer)
    if over is None:
        return carried
    waited = select(steps.c.entry).where(
        and_(steps.c.entry == positions.c.entry, steps.c.step == target)
    )
    return case((waited.exists(), carried), else_=over)


def end(  # noqa: PLR0913, PLR0917 (how and when an entry ends)
    connection: Connection,
    cohort: Table,
    state: str,
    reason: str | None,
    now: int,
    who: ColumnElement[bool] | None = None,
) -> int:
    """Let ``cohort``, or those ``who`` of it, leave the journey; how many did."""
    entries, positions = tables.entries, tables.positions
    leaving = select(cohort.c.entry)
    if who is not None:
        leaving = leaving.where(who)
    ended = connection.execute(
        update(entries)
        .where(entries.c.id.in_(leaving))
        .values(state=state, reason=reason, ended_at=now)
    )
    connection.execute(delete(positions).where(positions.c.entry.in_(leaving)))
    return ended.rowcount
