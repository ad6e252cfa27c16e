"""Instants: every time inside regulars is UTC; the store keeps whole microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware ``instant``, exactly."""
    return (instant - EPOCH) // MICROSECOND


def instant(value: int) -> datetime:
    """The aware UTC datetime of ``value`` microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=value)
