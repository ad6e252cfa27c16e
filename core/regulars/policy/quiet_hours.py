"""Quiet hours: when nobody is written to, by the clock on the customer's wall."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from regulars.customers.zones import together
from regulars.instants import micros
from regulars.playbook.times import utc_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from regulars.playbook.policy import QuietHours

    from .candidates import Candidates


def quiet_until(now: datetime, zone: ZoneInfo, hours: QuietHours) -> datetime | None:
    """When the quiet ``hours`` that ``now`` lies in are over; None if it lies in none.

    The clock on the wall counts. One that is set back to before they began ends them sooner.
    """
    begin, end = (time(at.hour, at.minute) for at in (hours.from_, hours.to))
    until = now
    while True:  # a clock that is set back at their end may lead into them again
        local = until.astimezone(zone)
        after, before = local.time() >= begin, local.time() < end
        if not (after and before if begin < end else after or before):
            return None if until == now else until
        day = local.date() if before else local.date() + timedelta(days=1)
        until = utc_of(datetime.combine(day, end, zone).replace(fold=local.fold))


def quiet_hours(connection: Connection, candidates: Candidates) -> None:
    """``quiet_hours``: it is night where the customer is; held until it ends, or dropped."""
    scope, table = candidates.scope, candidates.table
    hours = scope.playbook.policy.quiet_hours
    if hours is None:
        return
    zones = candidates.zones(connection)
    for until, names in together(zones, lambda z: quiet_until(scope.now, z, hours)).items():
        if until is None:
            continue
        theirs = table.c.zone.in_(names)
        if hours.then == "drop":
            candidates.skip(connection, "quiet_hours", candidates.marketing, theirs)
        else:
            candidates.hold(
                connection, "quiet_hours", candidates.marketing, theirs, until=micros(until)
            )
