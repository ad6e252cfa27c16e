"""Editing: what becomes of those inside a journey whose steps were changed.

A position is kept by the step's id. Who stands before a step that is gone goes on from the next
one that still stands, as the journey was when they got there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, true

from regulars.playbook.journeys import REMOVED
from regulars.store import tables

from .cohort import end, gather, move
from .memory import followers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection, Select, Table

    from .place import Place


@dataclass(frozen=True)
class Edit:
    """A step that is gone, how many customers stood before it, and where they go on.

    ``to`` is None where they leave the journey: behind its last step, or because it is gone.
    """

    journey: str
    step: str
    customers: int
    to: str | None


def follow_edits(connection: Connection, place: Place) -> tuple[list[Edit], int]:
    """Move those who stand before a step that is gone; the edits, and how many completed."""
    if place.memory.after == followers(place.journey):
        return [], 0
    edits, completed = [], 0
    for step, customers in _standing(connection, place.name).items():
        if step not in place.steps:
            target = next_standing(step, place.memory.after, place.steps)
            gather(connection, place.cohort, _before(place.name, step))
            completed += move(connection, place, target, true())
            edits.append(Edit(place.name, step, customers, target))
    return edits, completed


def next_standing(step: str, after: Mapping[str, str | None], steps: Collection[str]) -> str | None:
    """The first of ``steps`` behind ``step`` in the order of ``after``."""
    following = after.get(step)
    while following is not None and following not in steps:
        following = after.get(following)
    return following


def remove(connection: Connection, cohort: Table, journey: str, now: int) -> list[Edit]:
    """Let everybody leave a journey that is gone, and forget it: if it returns, it is a new one."""
    journeys = tables.journeys
    edits = []
    for step, customers in _standing(connection, journey).items():
        gather(connection, cohort, _before(journey, step))
        end(connection, cohort, "exited", REMOVED, now)
        edits.append(Edit(journey, step, customers, None))
    connection.execute(delete(journeys).where(journeys.c.name == journey))
    return edits


def _standing(connection: Connection, journey: str) -> dict[str, int]:
    """How many customers stand before each step."""
    positions = tables.positions
    rows = connection.execute(
        select(positions.c.step, func.count(positions.c.customer.distinct()).label("customers"))
        .where(positions.c.journey == journey)
        .group_by(positions.c.step)
        .order_by(positions.c.step)
    )
    return {row.step: row.customers for row in rows}


def _before(journey: str, step: str) -> Select[Any]:
    positions = tables.positions
    return select(positions.c.entry, positions.c.customer).where(
        positions.c.journey == journey, positions.c.step == step
    )
