"""Lengths of time at the ends of the calendar, and what is written wrongly."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from regulars.values import Duration, Percentage


@pytest.mark.parametrize("long", ["99999y", "99999mo", "99999w", "8000y"])
def test_what_lies_beyond_the_calendar_is_its_end_in_every_zone(long: str) -> None:
    now, duration = datetime(2026, 5, 1, tzinfo=UTC), Duration.parse(long)
    for name in ("Pacific/Kiritimati", "Etc/GMT+12"):
        zone = ZoneInfo(name)
        for far in (duration.before(now, zone), duration.after(now, zone)):
            assert far.tzinfo is UTC
            assert far.astimezone(zone) == far


@pytest.mark.parametrize(
    ("of", "written", "said"),
    [
        (Duration, "100000d", "'100000d' has too many digits; five are the most"),
        (Duration, "90 days", "'90 days' is not a duration; write 90d"),
        (Percentage, "150%", "'150%' is too much; 100% is the most"),
        (Percentage, "5", "'5' is not a percentage; write it as 5%"),
    ],
)
def test_what_is_too_much_is_told_from_what_is_written_wrongly(
    of: type[Duration | Percentage], written: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        of.parse(written)
