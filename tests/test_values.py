"""Lengths of time at the ends of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from regulars.values import Duration


@pytest.mark.parametrize("long", ["99999y", "99999mo", "99999w", "8000y"])
def test_what_lies_beyond_the_calendar_is_its_end_in_every_zone(long: str) -> None:
    now, duration = datetime(2026, 5, 1, tzinfo=UTC), Duration.parse(long)
    for name in ("Pacific/Kiritimati", "Etc/GMT+12"):
        zone = ZoneInfo(name)
        for far in (duration.before(now, zone), duration.after(now, zone)):
            assert far.tzinfo is UTC
            assert far.astimezone(zone) == far
