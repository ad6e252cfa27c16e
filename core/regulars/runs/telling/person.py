"""The person whom a story is about: where to read of them, as of when, and their own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.customers.profiles import profiles
from regulars.instants import micros, zone_of
from regulars.runs.rows import rows_with_times
from regulars.store import tables

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Select

    from regulars.customers.profiles import Profile
    from regulars.segments.scope import Scope


@dataclass(frozen=True)
class Person:
    """One customer as of ``scope.now``; ``number`` is theirs in the store."""

    connection: Connection
    scope: Scope
    number: int
    profile: Profile

    @classmethod
    def of(cls, connection: Connection, scope: Scope, number: int) -> Person:
        """The customer with that number."""
        return cls(connection, scope, number, profiles(connection, scope, [number])[number])

    @property
    def now(self) -> int:
        """As of when, in microseconds."""
        return micros(self.scope.now)

    @property
    def zone(self) -> ZoneInfo:
        """Their own zone, else the playbook's."""
        return zone_of(self.profile.customer.get("timezone"), self.scope.zone)

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        """What ``query`` selects, with instants as times."""
        return rows_with_times(self.connection, query)

    def key_of(self, number: int) -> str:
        """The client's own id of another customer."""
        customers = tables.customers
        query = select(customers.c.key).where(customers.c.id == number)
        return self.connection.scalar(query) or "a customer who was erased"

    def on_their_clock(self, at: datetime) -> str:
        """``at`` as a person where the customer lives would say it."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M} their time"


def minute(at: datetime) -> str:
    """``at`` in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"


def length(span: timedelta) -> str:
    """A length of time by its two largest units: ``3d 4h``."""
    minutes = int(span / timedelta(minutes=1))
    units = {"d": minutes // 1440, "h": minutes // 60 % 24, "m": minutes % 60}
    shown = [f"{count}{unit}" for unit, count in units.items() if count]
    return " ".join(shown[:2]) or "less than a minute"
