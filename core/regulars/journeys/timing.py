"""When a step is due for those who come to stand before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal, select

from regulars.customers.operands import window_end
from regulars.customers.zones import together, zone_name, zones_in_use
from regulars.instants import micros
from regulars.playbook.journeys import Until, Wait, WaitFor
from regulars.store.tables import Instant
from regulars.values import Duration

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from regulars.playbook.journeys import Step
    from regulars.playbook.times import LocalMoment
    from regulars.segments.scope import Scope


def end_of_wait(
    connection: Connection, scope: Scope, step: Step, customer: ColumnElement[int]
) -> ColumnElement[int] | None:
    """When the wait of ``customer`` is over that begins now; None before a step that is no wait."""
    match step:
        case Wait(wait=Until(until=moment)):
            return _until(connection, scope, moment, customer)
        case Wait(wait=Duration() as duration) | WaitFor(at_most=duration):
            return literal(window_end(duration, scope.moment), Instant)
    return None


def _until(
    connection: Connection, scope: Scope, moment: LocalMoment, customer: ColumnElement[int]
) -> ColumnElement[int]:
    """The next such moment in the customer's zone."""
    zones = zones_in_use(connection, scope.tables, scope.zone)
    moments = together(zones, lambda zone: micros(moment.next(scope.now, zone)))
    ours: ColumnElement[int] = literal(micros(moment.next(scope.now, scope.zone)), Instant)
    if len(moments) == 1:
        return ours
    named = zone_name(scope.tables, scope.zone)
    theirs = case(*((named.in_(names), literal(at, Instant)) for at, names in moments.items()))
    people = scope.tables.customers
    found = select(theirs).where(people.c.id == customer).correlate_except(people)
    return func.coalesce(found.scalar_subquery(), ours, type_=Instant)
