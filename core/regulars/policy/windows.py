"""Windows: the stretch of time in which a cap counts, rolling or by the customer's calendar."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, case, literal

from regulars.customers.zones import together
from regulars.instants import MICROSECOND, micros
from regulars.playbook.times import TimeOfDay
from regulars.values import Duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement

    from regulars.playbook.policy import Cap
    from regulars.segments.scope import Scope

_MIDNIGHT = TimeOfDay(0, 0)


@dataclass(frozen=True)
class Window:
    """A stretch of time, in microseconds: the first instant in it, the first after it."""

    begins: int
    ends: int


def calendar_window(now: datetime, zone: ZoneInfo, per: str) -> Window:
    """The ``day``, ``week`` (from Monday) or ``month`` of ``zone`` in which ``now`` lies."""
    today = now.astimezone(zone).date()
    if per == "month":
        first, days = today.replace(day=1), monthrange(today.year, today.month)[1]
    elif per == "week":
        first, days = today - timedelta(days=today.weekday()), 7
    else:
        first, days = today, 1
    begins, ends = _MIDNIGHT.on(first, zone), _MIDNIGHT.on(first + timedelta(days=days), zone)
    return Window(micros(begins), micros(ends))


@dataclass(frozen=True)
class Windows:
    """The window of a cap for customers in each of ``zones``."""

    cap: Cap
    scope: Scope
    zones: Mapping[str, ZoneInfo]

    def begins(self, zone: ColumnElement[str]) -> ColumnElement[int]:
        """The first instant of the window of a customer whose zone has the name ``zone``."""
        per, scope = self.cap.per, self.scope
        if isinstance(per, Duration):  # (now - per, now]
            return literal(micros(per.before(scope.now, scope.zone) + MICROSECOND), BigInteger)
        return self._by_zone(zone, per, lambda window: window.begins)

    def ends(
        self, zone: ColumnElement[str], oldest: ColumnElement[int]
    ) -> ColumnElement[int] | None:
        """When there is room again, if ``oldest`` must leave the window for it; None: unknown."""
        per = self.cap.per
        if not isinstance(per, Duration):
            return self._by_zone(zone, per, lambda window: window.ends)
        return None if per.months else oldest + per.micros

    def _by_zone(
        self, zone: ColumnElement[str], per: str, end: Callable[[Window], int]
    ) -> ColumnElement[int]:
        now = self.scope.now
        instants = together(self.zones, lambda there: end(calendar_window(now, there, per)))
        whens = ((zone.in_(names), literal(at, BigInteger)) for at, names in instants.items())
        return case(*whens)


def windows(caps: Iterable[Cap], scope: Scope, zones: Mapping[str, ZoneInfo]) -> list[Windows]:
    """The windows of each of ``caps``."""
    return [Windows(cap, scope, zones) for cap in caps]
