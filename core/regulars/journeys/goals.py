"""Goals and exits, looked at on every run: who has reached a goal, whom ``exit_when`` lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from regulars.customers.operands import window_start
from regulars.hooks.kinds import Moment
from regulars.instants import instant
from regulars.playbook.conditions import NotPerformed, Performed
from regulars.playbook.journeys import EXIT_WHEN
from regulars.playbook.walking import conditions_of
from regulars.store import tables

from .cohort import end, gather
from .watching import to_look_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Select

    from regulars.playbook.conditions import Condition
    from regulars.segments.scope import Scope
    from regulars.values import Duration

    from .place import Place


def reach_goal(connection: Connection, place: Place, goal: Condition) -> int:
    """Mark the entries that are seen to have reached ``goal``; how many.

    An entry that has ended is looked at until the run after its last window has closed.
    """
    entries = tables.entries
    first = select(func.min(entries.c.occurred_at)).where(entries.c.journey == place.name)
    oldest = connection.scalar(first)
    if oldest is None:
        return 0
    scope = place.scope.since_entry(instant(oldest))
    open_ = [entries.c.goal_at.is_(None), _still_counts(place, goal)]
    if not gather(connection, place.cohort, *_seen(place, scope, "goal", goal, open_)):
        return 0
    reached = select(place.cohort.c.entry)
    mark = update(entries).where(entries.c.id.in_(reached)).values(goal_at=place.now)
    return connection.execute(mark).rowcount


def leave(connection: Connection, place: Place, exit_when: Condition) -> int:
    """Let those go for whom ``exit_when`` holds, wherever they stand; how many.

    Who has done every step is inside as long as a message of theirs waits to be sent.
    """
    entries, deliveries = tables.entries, tables.deliveries
    unsent = select(deliveries.c.entry).where(deliveries.c.state.in_(("planned", "held")))
    inside = [
        [entries.c.state == "active"],
        [entries.c.state == "completed", entries.c.id.in_(unsent)],
    ]
    scope = place.scope.since_entry()
    groups = [who for those in inside for who in _seen(place, scope, EXIT_WHEN, exit_when, those)]
    if not gather(connection, place.cohort, *groups):
        return 0
    return end(connection, place.cohort, "exited", EXIT_WHEN, place.now)


def _seen(
    place: Place,
    scope: Scope,
    word: str,
    condition: Condition,
    tests: list[ColumnElement[bool]],
) -> Iterator[Select[Any]]:
    entries = tables.entries
    holds = scope.condition(condition)
    for who in to_look_at(place, word, condition, entries.c.id > place.newest):
        yield (
            select(entries.c.id, entries.c.customer)
            .select_from(scope.people_of(entries, entries.c.customer))
            .where(entries.c.journey == place.name, *tests, who, holds)
        )


def _still_counts(place: Place, goal: Condition) -> ColumnElement[bool]:
    """Active entries, and ended ones whose last window was open when the journey last ran."""
    entries, past = tables.entries, place.memory.past
    active = entries.c.state == "active"
    windows = [window for window in _windows(goal) if window is not None]
    if not windows:
        return active
    longest = max(windows, key=lambda window: (window.days, window.micros))
    seen = Moment(past.last_run or place.scope.now, place.scope.zone)
    return or_(active, entries.c.occurred_at >= window_start(longest, seen))


def _windows(goal: Condition) -> Iterator[Duration | None]:
    for _, condition in conditions_of(goal, ()):
        if isinstance(condition, Performed | NotPerformed):
            yield condition.within
