"""Quiet hours hold in every zone, minute by minute around both clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars.instants import micros
from regulars.playbook.policy import QuietHours
from regulars.policy.quiet_hours import quiet_until

from tests.policy.conftest import HEAD, at

if TYPE_CHECKING:
    from tests.policy.conftest import Desk

MINUTE = timedelta(minutes=1)
CHANGES = {  # an instant close to each clock change
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],  # half an hour
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],  # back for Ramadan
    "America/St_Johns": ["2026-03-08T05:30", "2026-11-01T04:30"],
    "Pacific/Apia": ["2011-09-24T14:00", "2011-12-30T10:00", "2021-04-03T14:00"],  # a day skipped
    "Asia/Kathmandu": ["2026-03-01T00:00"],  # never changes, 05:45 ahead
    "America/Havana": ["2026-03-08T05:00", "2026-11-01T05:00"],  # at midnight
    "America/Asuncion": ["2024-03-24T03:00", "2024-10-06T04:00"],  # back into the day before
    "Europe/London": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "America/Chicago": ["2026-03-08T08:00", "2026-11-01T07:00"],
    "Pacific/Chatham": ["2026-04-04T14:00", "2026-09-26T14:00"],
}
NIGHTS = [("21:00", "08:00"), ("22:30", "00:00"), ("00:00", "02:30"), ("01:15", "01:45"),
          ("02:10", "02:20"), ("23:45", "01:30"), ("12:00", "08:00")]  # fmt: skip


def quiet(now: datetime, zone: ZoneInfo, hours: QuietHours) -> bool:
    """What the clock on the wall says."""
    local = now.astimezone(zone)
    begin, end = (at.hour * 60 + at.minute for at in (hours.from_, hours.to))
    minute = local.hour * 60 + local.minute
    return begin <= minute < end if begin < end else minute >= begin or minute < end


def set_back(free: datetime, zone: ZoneInfo, hours: QuietHours) -> bool:
    """Whether the clock was set back at ``free`` to before the quiet hours began."""
    before, after = ((free + gap).astimezone(zone) for gap in (-MINUTE, timedelta()))
    begin = (hours.from_.hour, hours.from_.minute)
    return after.replace(tzinfo=None) < before.replace(tzinfo=None) and (
        (after.hour, after.minute) < begin <= (before.hour, before.minute)
    )


@pytest.mark.parametrize("night", NIGHTS, ids="-".join)
@pytest.mark.parametrize("name", CHANGES)
def test_every_minute_around_a_clock_change_is_as_the_wall_says(
    name: str, night: tuple[str, str]
) -> None:
    zone, hours = ZoneInfo(name), QuietHours.model_validate({"from": night[0], "to": night[1]})
    for change in CHANGES[name]:
        start = datetime.fromisoformat(change).replace(tzinfo=UTC) - timedelta(hours=14)
        free: datetime | None = None
        for back in range(40 * 60, -1, -1):  # from the end, so that the next free minute is known
            now = start + back * MINUTE
            if not quiet(now, zone, hours):
                free = now
            if free is None:
                continue
            until = quiet_until(now, zone, hours)
            if until is not None and set_back(free, zone, hours):
                assert until > free, now
                assert not quiet(until, zone, hours), now
            else:
                assert until == (None if free == now else free), now


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(CHANGES)),
    second=st.integers(1_300_000_000, 1_900_000_000),
    begin=st.integers(0, 1439),
    length=st.integers(1, 1200),
)
def test_any_night_anywhere_ends_at_the_first_minute_that_is_not_quiet(
    name: str, second: int, begin: int, length: int
) -> None:
    texts = (f"{m // 60:02}:{m % 60:02}" for m in (begin, (begin + length) % 1440))
    hours = QuietHours.model_validate(dict(zip(("from", "to"), texts, strict=True)))
    zone, now = ZoneInfo(name), datetime.fromtimestamp(second, UTC)
    until = quiet_until(now, zone, hours)
    if not quiet(now, zone, hours):
        assert until is None
        return
    assert until is not None
    assert not quiet(until, zone, hours)
    assert quiet(until - timedelta(microseconds=1), zone, hours)


def test_the_night_across_midnight_holds_each_customer_until_their_own_morning(desk: Desk) -> None:
    desk.write('policy: {quiet_hours: {from: "21:00", to: "08:00"}}\n')
    zones = {"ada": None, "bob": "Asia/Tokyo", "eve": "America/Chicago", "tom": "Asia/Kathmandu"}
    for key, zone in zones.items():
        desk.customer(key, zone=zone)
        desk.plan(key)
    desk.plan("bob", "receipt", journey="bought")
    verdicts = desk.decide("2026-08-12T20:59:59Z")
    assert verdicts == ["mail", "held(quiet_hours)", "mail", "held(quiet_hours)", "mail"]
    until = [row.hold_until for row in desk.rows()]
    assert until[1] == micros(at("2026-08-12T23:00Z"))
    assert until[3] == micros(at("2026-08-13T02:15Z"))
    assert desk.decide("2026-08-12T23:00Z")[:2] == ["held(quiet_hours)", "mail"]


def test_then_drop_skips_what_falls_into_the_night(desk: Desk) -> None:
    desk.write('policy: {quiet_hours: {from: "21:00", to: "08:00", then: drop}}\n')
    for key, zone in (("ada", "Asia/Tokyo"), ("bob", None)):
        desk.customer(key, zone=zone)
        desk.plan(key)
    assert desk.decide("2026-08-12T12:30Z") == ["skipped(quiet_hours)", "mail"]


def test_a_zone_that_is_none_keeps_the_playbooks_night(corner: Desk) -> None:
    head = HEAD.replace("timezone: UTC", "timezone: Asia/Tokyo")
    corner.write('policy: {quiet_hours: {from: "21:00", to: "08:00"}}\n', head)
    corner.customer("ada", zone="Atlantis")
    corner.plan("ada")
    assert corner.decide("2026-08-12T12:30Z") == ["held(quiet_hours)"]
