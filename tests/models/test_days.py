"""The calendar day of many instants is the one that the zone itself tells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from regulars_models.days import local_days

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]
)
def test_it_is_the_day_that_the_zone_tells(zone: str) -> None:
    chance = np.random.default_rng(3)
    at = chance.integers(1_230_000_000, 1_400_000_000, 2_000) * 1_000_000
    clock = ZoneInfo(zone)
    days = [
        (
            (EPOCH + timedelta(microseconds=int(each))).astimezone(clock).date() - date(1970, 1, 1)
        ).days
        for each in at
    ]

    assert local_days(at, clock).tolist() == days


def test_around_a_change_of_the_clock_it_is_right_to_the_second() -> None:
    clock = ZoneInfo("Africa/Cairo")  # changes at midnight
    change = int(datetime(2024, 4, 25, 22, tzinfo=UTC).timestamp())
    at = np.arange(change - 2, change + 2) * 1_000_000

    assert np.diff(local_days(at, clock)).tolist() == [0, 1, 0]


def test_none_are_none() -> None:
    assert local_days(np.empty(0, np.int64), ZoneInfo("UTC")).tolist() == []
