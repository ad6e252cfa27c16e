"""What a customer did since they entered a journey: the events of goals, exits and waits.

Event conditions of segments and of ``if`` look at all that a customer ever did and are columns of
the traits table; these are looked up for each row of ``entries``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, literal

from regulars.amounts import SCALE
from regulars.customers.aggregates import of_condition
from regulars.customers.comparisons import Subject
from regulars.customers.trait_sql import value_over
from regulars.instants import micros
from regulars.store.tables import Instant, entries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement

    from regulars.customers.event_sql import Events
    from regulars.playbook.conditions import NotPerformed, Performed
    from regulars.values import Duration


@dataclass(frozen=True)
class SinceEntry:
    """That events count from the entry on, which itself doesn't.

    ``within`` narrows them to a window that ends now. With ``oldest``, the instant of the first
    entry that is looked at, it is one that begins with the entry, as a goal's does.
    """

    oldest: datetime | None = None

    def subject(self, condition: Performed | NotPerformed, events: Events) -> Subject:
        """What an event condition compares, for a row of ``entries``."""
        aggregate = of_condition(condition)
        time = events.tables.events.c.time
        tests = [time > entries.c.occurred_at, time <= micros(events.moment.now)]
        if condition.where:
            tests.append(events.where(condition.where))
        if condition.within is not None:
            tests.append(self._inside(time, condition.within, events))
        value = value_over(aggregate, events, entries.c.customer, *tests)
        known = aggregate.zero_without_events
        if known:
            value = func.coalesce(value, 0)
        scale = SCALE if aggregate.in_millionths else 1
        return Subject(value, aggregate.type, scale, known=known)

    def _inside(
        self, time: ColumnElement[int], within: Duration, events: Events
    ) -> ColumnElement[bool]:
        now, zone = events.moment.now, events.moment.zone
        if self.oldest is None:
            return time > micros(within.before(now, zone))
        if not within.months:
            return time <= entries.c.occurred_at + literal(within.micros, Instant)
        steps = list(_lengths(within, self.oldest, now, zone))
        length: Any = literal(steps[-1][1], Instant)
        if len(steps) > 1:
            whens = ((entries.c.occurred_at < end, literal(long, Instant)) for end, long in steps)
            length = case(*whens, else_=length)
        ends: ColumnElement[bool] = time <= entries.c.occurred_at + length
        return ends


def _lengths(
    within: Duration, start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[int, int]]:
    """How long calendar steps are for the days from ``start`` to ``end``: (until, microseconds).

    A month is longer or shorter by where it begins and by the clock changes in it.
    """
    noon = start.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)
    long = _length(within, noon, zone)
    while noon.date() <= end.astimezone(zone).date():
        following = noon + timedelta(days=1)
        if (next_long := _length(within, following, zone)) != long:
            yield micros(following.replace(hour=0)), long
            long = next_long
        noon = following
    yield micros(end + timedelta(days=2)), long


def _length(within: Duration, start: datetime, zone: ZoneInfo) -> int:
    return micros(within.after(start, zone)) - micros(start)
