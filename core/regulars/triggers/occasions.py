"""What a trigger finds: who may enter a journey, by what, and when it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, cast, func, null, select

from regulars.store.tables import Id, Instant, Name

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from regulars.playbook.journeys import Journey
    from regulars.segments.scope import Scope

LONGEST_KEY = 190  # characters
GRACE = timedelta(hours=24)  # an occurrence that passed while nothing ran counts this long


@dataclass(frozen=True)
class Past:
    """What a journey knows of its earlier runs.

    ``last_event`` and ``last_change`` are the newest event and change of a segment that it saw.
    """

    first_run: datetime | None = None
    last_run: datetime | None = None
    last_event: int = 0
    last_change: int = 0


@dataclass(frozen=True)
class Occurrence:
    """An instant of the clock that fired or was missed."""

    at: datetime
    missed: bool = False


@dataclass(frozen=True)
class Occasions:
    """What a trigger found.

    ``found`` selects (customer, key, occurred_at, event), one entry a key; ``late`` selects the
    customers whose occasion passed too long ago to count. ``occurrences`` are to be recorded.
    """

    found: Select[Any] | None = None
    late: Select[Any] | None = None
    occurrences: tuple[Occurrence, ...] = ()


def candidate_columns() -> list[Column[Any]]:
    """The columns of a table of candidates, in the order that ``found`` selects them."""
    return [
        Column("customer", Id, nullable=False),
        Column("key", Name, nullable=False),
        Column("occurred_at", Instant, nullable=False),
        Column("event", Id),
    ]


def candidates(
    customer: ColumnElement[Any],
    key: ColumnElement[Any],
    occurred_at: ColumnElement[Any],
    event: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """The SELECT of an occasion's four columns; ``key`` becomes text that fits an entry's key."""
    return select(
        customer.label("customer"),
        func.substr(cast(key, Name), 1, LONGEST_KEY).label("key"),
        occurred_at.label("occurred_at"),
        (cast(null(), Id) if event is None else event).label("event"),
    )


def misfire_limit(journey: Journey, scope: Scope) -> datetime | None:
    """Occasions at or before this instant are too late by ``misfire``; None without it."""
    if journey.misfire is None:
        return None
    return journey.misfire.within.before(scope.now, scope.zone)
