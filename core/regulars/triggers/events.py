"""``event`` and ``inactive``: what customers do, and that they stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, cast, func, literal, null, or_, select, true

from regulars.instants import micros

from .occasions import Occasions, as_key, oldest_that_counts

if TYPE_CHECKING:
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
    key = as_key(events.c.id)
    if trigger.key is not None:
        key = func.coalesce(events.c[f"p_{trigger.key}"], key)
    found = select(events.c.customer, key, events.c.time, events.c.id).where(matching)
    oldest = oldest_that_counts(journey, past, scope.now, scope.zone)
    if oldest is None:
        return Occasions(found)
    late = None
    if past.first_run is not None:
        late = found.where(events.c.time <= micros(oldest))
    return Occasions(found.where(events.c.time > micros(oldest)), late)


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
    too_old = _inactive_before(trigger, journey, scope, past)
    due = last.c.time <= micros(trigger.for_.before(scope.now, scope.zone))
    found = select(last.c.customer, as_key(last.c.time), last.c.time, cast(null(), Integer)).where(
        due
    )
    if too_old is None:
        return Occasions(found)
    return Occasions(found.where(last.c.time > literal(too_old)))


def _inactive_before(
    trigger: InactiveTrigger, journey: Journey, scope: Scope, past: Past
) -> int | None:
    """The last event must be later than this, or the customer was inactive all along."""
    oldest = oldest_that_counts(journey, past, scope.now, scope.zone)
    if oldest is None and not journey.existing and past.first_run is not None:
        oldest = oldest_that_counts(journey, type(past)(), past.first_run, scope.zone)
    return None if oldest is None else micros(trigger.for_.before(oldest, scope.zone))
