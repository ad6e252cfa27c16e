"""The customers' clocks: there and back again, also where the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from regulars.hooks import micros
from regulars_models.days import DAY, instants_of, local_seconds
from regulars_models.rhythm.clock import Clock

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


def local(text: str) -> int:
    """Seconds on the clock on the wall."""
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC)) // 1_000_000


def test_every_hour_of_three_years_comes_back() -> None:
    hours = np.arange(local("2024-01-01"), local("2027-01-01"), 3600) * 1_000_000
    there = instants_of(local_seconds(hours, BERLIN), BERLIN)

    changed = np.flatnonzero(there != hours)
    assert len(changed) == 3  # the hour that comes twice in October, once a year


def test_a_skipped_hour_comes_an_hour_later() -> None:
    skipped = np.array([local("2026-03-29T02:30")])

    assert local_seconds(instants_of(skipped, BERLIN), BERLIN).tolist() == [
        local("2026-03-29T03:30")
    ]
    assert instants_of(np.empty(0, np.int64), BERLIN).tolist() == []


def test_each_customer_has_a_clock_of_their_own() -> None:
    names = np.array(["Europe/Berlin", None, "no such place", "", "/etc/passwd"], dtype=object)
    clock = Clock.read(names, UTC_ZONE)
    at = np.full(5, micros(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)))

    day, hour = clock.shows(at, np.arange(5))

    assert hour.tolist() == [0, 22, 22, 22, 22]
    assert (day - local("2026-07-01") // DAY).tolist() == [1, 0, 0, 0, 0]
    assert (clock.instants(day, hour) == at - 30 * 60 * 1_000_000).all()
