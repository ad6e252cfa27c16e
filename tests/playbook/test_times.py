"""Local times through clock changes; moments against a calendar walked through by the minute."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from regulars.playbook.times import LocalMoment, LocalTime, utc_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CHANGES = [  # the day before a clock change, by UTC
    ("Australia/Lord_Howe", "2026-04-03", "2026-10-02"),  # half an hour
    ("Africa/Casablanca", "2026-02-14", "2026-03-21"),  # winter time in Ramadan
    ("America/St_Johns", "2026-03-07", "2026-10-31"),  # half an hour from the whole ones
    ("Pacific/Apia", "2011-12-28", "2011-09-23"),  # a day that never was
    ("Asia/Kathmandu", "2026-03-28", "2026-10-24"),  # a quarter of an hour, no change
    ("Europe/Paris", "2026-03-28", "2026-10-24"),
    ("America/New_York", "2026-03-07", "2026-10-31"),
    ("America/Santiago", "2026-04-04", "2026-09-05"),  # at midnight
]
CLOCKS = ["00:00", "00:30", "01:15", "02:00", "02:30", "02:59", "03:00", "09:00", "23:45", "23:59"]
WRITTEN = [*CLOCKS, *(f"{day} {clock}" for day in ("fri", "sun", "mon") for clock in CLOCKS[::3])]


class Walked:
    """What the clock on the wall shows in each minute of a fortnight and more."""

    def __init__(self, zone: ZoneInfo, start: datetime) -> None:
        self.minutes = [start + n * MINUTE for n in range(18 * 24 * 60)]
        shown = [at.astimezone(zone).replace(tzinfo=None) for at in self.minutes]
        self.days = [shown[0].date() + n * DAY for n in range(18)]
        self.latest = list(accumulate(shown, max))

    def all(self, moment: LocalMoment) -> list[datetime]:
        """When each day first shows that time or, where the clocks skip it, a later one."""
        wanted = (
            datetime.combine(day, time(moment.time.hour, moment.time.minute))
            for day in self.days
            if moment.weekday in (None, day.weekday())
        )
        places = (bisect_left(self.latest, at) for at in wanted)
        return [self.minutes[place] for place in places if 0 < place < len(self.minutes)]


@pytest.mark.parametrize(("name", "day"), [(name, day) for name, *days in CHANGES for day in days])
def test_the_next_local_moment_is_the_next_one_on_the_wall(name: str, day: str) -> None:
    zone = ZoneInfo(name)
    change = datetime.fromisoformat(day).replace(tzinfo=UTC)
    walked = Walked(zone, change - 3 * DAY)
    starts = [change + n * 7 * MINUTE for n in range(3 * 24 * 60 // 7)]
    for written in WRITTEN:
        moment = LocalMoment.parse(written)
        expected = walked.all(moment)
        for at in [*starts, *(at for at in expected if at < change + 4 * DAY)]:
            found = moment.next(at, zone)
            assert found == expected[bisect_left(expected, at)], (written, at)


@pytest.mark.parametrize(
    ("zone", "written", "instant"),
    [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T07:00:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-03T15:30:00+00:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00+00:00"),
        ("Asia/Kathmandu", "2026-03-08 02:30", "2026-03-07T20:45:00+00:00"),
    ],
)
def test_a_time_that_the_clock_skips_is_the_end_of_the_gap(
    zone: str, written: str, instant: str
) -> None:
    assert LocalTime.parse(written).at(ZoneInfo(zone)).isoformat() == instant
    assert (
        utc_of(datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone))).isoformat()
        == instant
    )
