"""``date``: a day of the customer's own comes, in the customer's own time."""

from __future__ import annotations

from calendar import isleap
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, or_

from regulars.customers.zones import zone_name, zones_in_use
from regulars.instants import micros
from regulars.playbook.conditions import InSegment
from regulars.playbook.times import TimeOfDay
from regulars.store.tables import Instant

from .occasions import GRACE, Occasions, candidates, misfire_limit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Connection

    from regulars.playbook.journeys import Journey
    from regulars.playbook.triggers import DateTrigger
    from regulars.segments.scope import Scope

    from .occasions import Past

MIDNIGHT = TimeOfDay(0, 0)


@dataclass(frozen=True)
class Day:
    """A day that comes for the customers of some zones: theirs begins and is told at an instant."""

    base: date
    told_at: int
    begins: int
    ends: int


def date_occasions(
    connection: Connection, trigger: DateTrigger, journey: Journey, scope: Scope, past: Past
) -> Occasions:
    """Customers whose day came since the journey's last run, no longer ago than ``misfire``."""
    grace = misfire_limit(journey, scope) or scope.now - GRACE
    start = max(grace, past.last_run) if past.last_run else grace
    found = _select(connection, trigger, scope, start, scope.now)
    late = None
    if past.last_run is not None and past.last_run < grace:
        late = _select(connection, trigger, scope, past.last_run, grace)
    return Occasions(found, late)


def _select(
    connection: Connection, trigger: DateTrigger, scope: Scope, start: datetime, end: datetime
) -> Any:
    zones = zones_in_use(connection, scope.tables, scope.zone)
    days = days_that_come(zones, trigger, start, end)
    column, is_date = _column(trigger, scope)
    zone = zone_name(scope.tables, scope.zone)
    matches = {
        day: and_(zone.in_(sorted(names)), _comes(column, day, trigger, is_date=is_date))
        for day, names in days.items()
    }
    if not matches:
        return None
    key = case(*((matches[day], _key(day, trigger)) for day in matches))
    told = case(*((matches[day], literal(day.told_at, Instant)) for day in matches))
    inside = [scope.condition(InSegment(segment=trigger.segment))] if trigger.segment else []
    return (
        candidates(scope.customer, key, told)
        .select_from(scope.people)
        .where(column.is_not(None), or_(*matches.values()), *inside)
    )


def days_that_come(
    zones: Mapping[str, ZoneInfo], trigger: DateTrigger, start: datetime, end: datetime
) -> dict[Day, set[str]]:
    """The days whose instant lies in (start, end], each with the zones where it does."""
    offset = timedelta(days=trigger.offset.days)
    found: dict[Day, set[str]] = defaultdict(set)
    for name, zone in zones.items():
        day = start.astimezone(zone).date() - timedelta(days=1)
        while day <= end.astimezone(zone).date():
            told = trigger.at.on(day, zone)
            if start < told <= end:
                found[_day(day - offset, told, zone)].add(name)
            day += timedelta(days=1)
    return dict(found)


def _day(base: date, told: datetime, zone: ZoneInfo) -> Day:
    begins, ends = MIDNIGHT.on(base, zone), MIDNIGHT.on(base + timedelta(days=1), zone)
    return Day(base, micros(told), micros(begins), micros(ends))


def _column(trigger: DateTrigger, scope: Scope) -> tuple[ColumnElement[Any], bool]:
    """The column that holds the day, and whether it is a date (else an instant)."""
    family, _, name = trigger.date.partition(".")
    if family == "attribute":
        return scope.attribute(name), scope.playbook.attribute_types()[name] == "date"
    if family == "trait":
        return scope.trait(name), False
    return scope.score(name), False


def _comes(
    column: ColumnElement[Any], day: Day, trigger: DateTrigger, *, is_date: bool
) -> ColumnElement[bool]:
    if not is_date:
        return and_(column >= day.begins, column < day.ends)
    if not trigger.yearly:
        return column == day.base.isoformat()
    names = [day.base.isoformat()[5:]]
    if names == ["02-28"] and not isleap(day.base.year):
        names.append("02-29")
    return and_(func.substr(column, 6, 5).in_(names), column <= day.base.isoformat())


def _key(day: Day, trigger: DateTrigger) -> str:
    return str(day.base.year) if trigger.yearly else day.base.isoformat()
