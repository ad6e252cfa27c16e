"""Instants: every time inside regulars is UTC; the store keeps whole microseconds.

What the clock on a customer's wall shows is told by their zone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000  # microseconds


def micros(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware ``instant``, exactly."""
    return (instant - EPOCH) // MICROSECOND


def instant(value: int) -> datetime:
    """The aware UTC datetime of ``value`` microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=value)


def zone_of(name: object, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone called ``name``; without one, or with an unknown one, ``otherwise``."""
    if not name:
        return otherwise
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise
