"""Watching: whom a condition that is looked at on every run has to be looked at for.

Who waits for an order stays as they are until they order. A condition of events alone can have
changed for those who have new ones, and for nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, true, union_all

from regulars.instants import micros
from regulars.playbook.conditions import Group, NotPerformed, Performed
from regulars.playbook.walking import conditions_of
from regulars.store import tables

from .memory import looks

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement

    from regulars.playbook.conditions import Condition

    from .place import Place

RISING = {"at_least", "more_than"}  # a window that moves on can't make these true
BY_TIME = {"within_last", "within_next"}  # these change by time alone


def to_look_at(
    place: Place, word: str, condition: Condition, new: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """The groups of entries that ``condition`` may have become true for since the last run.

    ``word`` is what the condition is called in ``looks``; ``new`` are those whom it was never
    looked at for. At an instant that was run before, time has changed nothing.
    """
    past = place.memory.past
    written = looks(place.journey, place.scope.zone)[word]
    if past.last_run is None or place.memory.conditions.get(word) != written:
        return [true()]
    names = _events_of(condition, from_entry=word == "goal")
    if past.last_run == place.scope.now:
        return [new, _has_news(place, names)]
    return [true()] if names is None else [new, _has_news(place, names)]


def _events_of(condition: Condition, *, from_entry: bool) -> set[str] | None:
    """The events that alone make ``condition`` true; None if something else can do so too."""
    names = set()
    for path, inner in conditions_of(condition, ()):
        steady = from_entry or getattr(inner, "within", None) is None
        if type(inner) is Group:
            continue
        if not isinstance(inner, Performed | NotPerformed) or _moves(inner):
            return None
        if not steady and ("none" in path or not _rises(inner)):
            return None
        names.add(inner.performed if isinstance(inner, Performed) else inner.not_performed)
    return names


def _rises(condition: Performed | NotPerformed) -> bool:
    """Whether only one more event can make it true."""
    if isinstance(condition, NotPerformed) or condition.aggregate[0] not in {"count", "distinct"}:
        return False
    return set(condition.comparison().words()) <= RISING


def _moves(condition: Performed | NotPerformed) -> bool:
    """Whether time alone changes which events count."""
    return any(BY_TIME & set(test.words()) for test in condition.where.values())


def _has_news(place: Place, names: Collection[str] | None) -> ColumnElement[bool]:
    """The entries of customers with events that arrived or came due since the last run."""
    past, events = place.memory.past, place.scope.tables.events
    last_run: Any = past.last_run
    # The second one reads the covering index, the first one the newest rows: by the sum.
    arrived = [events.c.id > past.last_event, events.c.time <= place.now]
    came_due = [events.c.time > micros(last_run), events.c.time <= place.now]
    if names is not None:
        codes = [place.scope.event(name) or -1 for name in sorted(names)]
        arrived.append((events.c.name + 0).in_(codes))
        came_due.append(events.c.name.in_(codes))
    news = (select(events.c.customer).where(*tests) for tests in (arrived, came_due))
    return tables.entries.c.customer.in_(union_all(*news))
