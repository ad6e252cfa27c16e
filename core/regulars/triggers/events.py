"""``event`` and ``inactive``: what customers do, and that they stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, cast, func, or_, select, true

from regulars.instants import micros
from regulars.store.tables import Name
from regulars.stored import text_column

from .occasions import GRACE, Occasions, candidates, misfire_limit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from regulars.playbook.journeys import Journey
    from regulars.playbook.triggers import EventTrigger, InactiveTrigger
    from regulars.segments.scope import Scope

    from .occasions import Past


def event_occasions(trigger: EventTrigger, journey: Journey, scope: Scope, past: Past) -> Occasions:
    """Such events that arrived or came due since the journey's last run."""
    code = scope.event(trigger.event)
    if code is None:
        return Occasions()
    events = scope.tables.events
    matching = and_(
        events.c.name == code,
        events.c.time <= micros(scope.now),
        scope.where(trigger.where),
        _new_since(events, past),
    )
    key: ColumnElement[Any] = cast(events.c.id, Name)
    if trigger.key is not None:
        key = func.coalesce(events.c[text_column(trigger.key)], key)
    found = candidates(events.c.customer, key, events.c.time, events.c.id).where(matching)
    counts_from = _arrived_since(journey, scope, past)
    if counts_from is None:
        return Occasions(found)
    late = None
    if past.first_run is not None:
        late = found.where(events.c.time <= micros(counts_from))
    return Occasions(found.where(events.c.time > micros(counts_from)), late)


def _arrived_since(journey: Journey, scope: Scope, past: Past) -> datetime | None:
    """An event at or before this instant lets nobody in; None: however old it is.

    On a journey's first run what happened before it lets in only with ``existing: true``, but
    for a short grace: the order of this morning counts.
    """
    if past.first_run is None and not journey.existing:
        return misfire_limit(journey, scope) or scope.now - GRACE
    return misfire_limit(journey, scope)


def _new_since(events: Any, past: Past) -> ColumnElement[bool]:
    if past.last_run is None:
        return true()
    return or_(events.c.id > past.last_event, events.c.time > micros(past.last_run))


def inactive_occasions(
    trigger: InactiveTrigger, journey: Journey, scope: Scope, past: Past
) -> Occasions:
    """Customers whose last such event is that long ago; the key is that event's time."""
    code = scope.event(trigger.inactive)
    if code is None:
        return Occasions()
    events = scope.tables.events
    last = (
        select(events.c.customer, func.max(events.c.time).label("time"))
        .where(events.c.name == code, events.c.time <= micros(scope.now))
        .group_by(events.c.customer)
        .subquery("last_events")
    )
    found = candidates(last.c.customer, last.c.time, last.c.time).where(
        last.c.time <= micros(trigger.for_.before(scope.now, scope.zone))
    )
    counts_from = _inactive_since(journey, scope, past)
    if counts_from is None:
        return Occasions(found)
    limit = micros(trigger.for_.before(counts_from, scope.zone))
    late = None
    if journey.misfire is not None and past.last_run is not None:
        seen = micros(trigger.for_.before(past.last_run, scope.zone))
        late = found.where(last.c.time > seen, last.c.time <= limit)
    return Occasions(found.where(last.c.time > limit), late)


def _inactive_since(journey: Journey, scope: Scope, past: Past) -> datetime | None:
    """Who became inactive at or before this instant doesn't enter; None: everybody may."""
    if journey.misfire is None and not journey.existing:
        return (past.first_run or scope.now) - GRACE
    return misfire_limit(journey, scope)
