"""The customer's own day, through the clocks of zones that make it hard."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars.playbook.times import LocalTime
from regulars.playbook.triggers import DateTrigger
from regulars.triggers.dates import days_that_come

ZONES = [
    *("Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Pacific/Apia"),
    *("Asia/Kathmandu", "America/Chicago", "Europe/Berlin", "Pacific/Kiritimati", "UTC"),
]


@pytest.mark.parametrize("name", ZONES)
@given(hours=st.lists(st.integers(1, 40), min_size=30, max_size=60))
@settings(max_examples=15, deadline=None)
def test_each_day_comes_once_however_the_runs_fall(name: str, hours: list[int]) -> None:
    zones = {name: ZoneInfo(name)}
    trigger = DateTrigger.model_validate({"date": "attribute.birthday", "at": "02:30"})
    now = datetime(2026, 3, 20, 5, 17, tzinfo=UTC)
    found: list[date] = []
    for step in hours:
        later = now + timedelta(hours=step)
        found += [day.base for day in days_that_come(zones, trigger, now, later)]
        now = later
    assert found == sorted(set(found))
    assert all(after - before == timedelta(days=1) for before, after in pairwise(found))


def test_zones_that_agree_share_a_day() -> None:
    zones = {name: ZoneInfo(name) for name in ("Europe/Berlin", "Europe/Paris", "Asia/Tokyo")}
    trigger = DateTrigger.model_validate({"date": "attribute.birthday", "offset": "-7d"})
    end = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    days = days_that_come(zones, trigger, end - timedelta(hours=8), end)
    assert {(day.base, *sorted(names)) for day, names in days.items()} == {
        (date(2026, 7, 8), "Asia/Tokyo"),
        (date(2026, 7, 8), "Europe/Berlin", "Europe/Paris"),
    }


def test_a_schedule_and_a_broadcast_agree_about_the_gap() -> None:
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 3, 8, 1, 0, tzinfo=zone)
    assert next(CronSim("30 2 * * *", start)) == LocalTime.parse("2026-03-08 02:30").at(zone)
