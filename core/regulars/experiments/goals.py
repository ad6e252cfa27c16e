"""Goals: what the units of an experiment did in the time after they were given their arm.

Each side of a goal is one SELECT of the events of all members of all units. A unit is a customer,
or all customers of whatever attribute was given the arm instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from regulars.amounts import SCALE
from regulars.customers.aggregates import of_goal
from regulars.hooks.trials import Goal, Happened, Outcome
from regulars.instants import micros
from regulars.playbook.goals import (
    ConversionGoal,
    CountGoal,
    MeanGoal,
    RatioGoal,
    RevenueGoal,
    TimeGoal,
)

from .arrays import arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, FromClause, Select

    from regulars.customers.aggregates import Aggregate
    from regulars.customers.event_sql import Events
    from regulars.hooks.trials import GoalKind
    from regulars.playbook.goals import AnyGoal

KINDS: dict[type[Any], GoalKind] = {
    ConversionGoal: "conversion",
    CountGoal: "count",
    RevenueGoal: "revenue",
    MeanGoal: "mean",
    TimeGoal: "time",
    RatioGoal: "ratio",
}


@dataclass(frozen=True)
class Watched:
    """Whose events count, and from when on.

    ``members`` has the columns ``customer``, ``unit`` (a number that tells units apart) and ``at``
    (when the unit was exposed). ``numbers`` are those of the units, ascending, ``rows`` the place
    of each in ``Units``.
    """

    members: FromClause
    numbers: NDArray[np.int64]
    rows: NDArray[np.int64]

    def rows_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows in ``Units`` of the units with these ``numbers``."""
        rows: NDArray[np.int64] = self.rows[np.searchsorted(self.numbers, numbers)]
        return rows


def goal_of(goal: AnyGoal) -> Goal:
    """What an analysis is told of ``goal``; its noun is what is counted, as it is written."""
    sides = [s.event if s.reads is None else f"{s.event}.{s.reads}" for s in of_goal(goal)]
    kind = KINDS[type(goal)]
    return Goal(goal.id, kind, goal.within.micros, goal.better, " per ".join(sides))


def outcome_of(connection: Connection, events: Events, watched: Watched, goal: AnyGoal) -> Outcome:
    """All that happened of ``goal`` up to the instant of ``events``, each in its unit's window."""
    happened = [
        _happened(connection, events, watched, side, goal.within.micros) for side in of_goal(goal)
    ]
    return Outcome(goal_of(goal), *happened)


def _happened(
    connection: Connection, events: Events, watched: Watched, side: Aggregate, within: int
) -> Happened:
    columns = _columns(events, side)
    query = _events_of(events, watched.members, side, within).add_columns(*columns.values())
    unit, at, *more = arrays(connection, query, *(np.int64,) * (2 + len(columns)))
    read = dict(zip(columns, more, strict=True))
    unit, amount = watched.rows_of(unit), np.ones(len(at))
    if "amount" in read:
        amount = read["amount"] / SCALE
    if "times" in read:  # a row stands for so many events, and its amount is their sum
        amount = amount / read["times"] if "amount" in read else amount
        unit, at, amount = (np.repeat(values, read["times"]) for values in (unit, at, amount))
    by_time = np.lexsort((amount, unit, at))
    return Happened(unit[by_time], at[by_time], amount[by_time])


def _columns(events: Events, side: Aggregate) -> dict[str, ColumnElement[int]]:
    """What is read of each event beside its time: no more than is needed, there may be millions."""
    columns = {}
    if side.reads is not None:
        columns["amount"] = events.read(side)
    if events.rolled_up:
        columns["times"] = events.tables.events.c.times
    return columns


def _events_of(events: Events, members: FromClause, side: Aggregate, within: int) -> Select[Any]:
    """SELECT unit and time of the events that count for ``side``."""
    table = events.tables.events
    known = [] if side.reads is None else [events.read(side).is_not(None)]
    return (
        select(members.c.unit, table.c.time)
        .join_from(members, table, table.c.customer == members.c.customer)
        .where(
            events.named(side.event),
            table.c.time > members.c.at,
            table.c.time <= members.c.at + within,
            table.c.time <= micros(events.moment.now),
            *events.narrowed(side),
            *known,
        )
    )
