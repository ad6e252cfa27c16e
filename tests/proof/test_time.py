"""Through both clock changes of many zones, and after days without a run.

A clock that stands still is moved from run to run. What should have happened is found minute by
minute with the zone's own clock, and by looking at each message at each run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from regulars.instants import instant, micros
from regulars.runs.loading import load_playbook
from regulars.runs.run import run
from regulars.store import Store, tables
from sqlalchemy import select

from tests.proof.torture import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Zones with a year in which their clocks changed, with the hour, half of one, a quarter or a day.
YEARS = {
    "Australia/Lord_Howe": 2026,
    "Africa/Casablanca": 2026,
    "America/St_Johns": 2026,
    "Pacific/Apia": 2011,
    "Asia/Kathmandu": 1986,
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "America/Santiago": 2026,
    "Pacific/Chatham": 2026,
    "Asia/Beirut": 2026,
}
AROUND = some(
    [-26.2, -13.1, -3.3, -0.7, 0.2, 1.1, 8.9, 14.3, 27.7], [n * 0.7 for n in range(-45, 45)]
)
EVENING, MORNING = time(21), time(8)
LATENESS = {"short": 4 * HOUR, "long": 24 * HOUR, "receipt": 4 * HOUR}


def changes(zone: str) -> list[datetime]:
    """When the clock of ``zone`` changed in its year, to the minute."""
    clock, at, found = ZoneInfo(zone), datetime(YEARS[zone], 1, 1, tzinfo=UTC) - 24 * HOUR, []
    while at.year <= YEARS[zone]:
        if at.astimezone(clock).utcoffset() != (at + HOUR).astimezone(clock).utcoffset():
            minutes = (at + n * MINUTE for n in range(1, 61))
            before = at.astimezone(clock).utcoffset()
            found.append(next(m for m in minutes if m.astimezone(clock).utcoffset() != before))
        at += HOUR
    return found


LISTS = {zone: changes(zone) for zone in YEARS}
CHANGES = [(zone, change) for zone, found in LISTS.items() for change in found]
SOME = [(zone, found[n % len(found)]) for n, (zone, found) in enumerate(LISTS.items())]
TRIED = some(SOME[:8], CHANGES)


def shown(zone: ZoneInfo, day: date, clock: time) -> datetime:
    """The first minute at which a clock in ``zone`` shows that time or a later one."""
    target = datetime.combine(day, clock)
    at = target.replace(tzinfo=UTC) - 26 * HOUR
    while at.astimezone(zone).replace(tzinfo=None) < target:
        at += MINUTE
    return at


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone).time()
    return local >= EVENING or local < MORNING


@dataclass(frozen=True)
class Shop:
    """A client whose customers live in all these zones."""

    folder: Path
    zone: str

    def write(self, journeys: dict[str, Any], birthday: date, ordered: datetime) -> None:
        written = {
            "playbook": "shop",
            "timezone": self.zone,
            "customer": {"attributes": {"birthday": "date"}},
            "sources": {
                "people": {"use": "csv", "path": "people.csv", "provides": "customers"},
                "orders": {
                    "use": "csv",
                    "path": "orders.csv",
                    "provides": "events",
                    "event": "order",
                },
            },
            "channels": {"mail": {"use": "outbox"}},
            "topics": {
                "news": {"title": "News", "basis": "opt_out"},
                "service": {"title": "Service", "basis": "transactional"},
            },
            "segments": {"everybody": {"attribute": "email", "known": True}},
            "messages": {
                name: {
                    "topic": "service" if name == "receipt" else "news",
                    "max_lateness": f"{lateness // HOUR}h",
                    "mail": {"subject": "Hello", "body": "Hello {{ customer.id }}"},
                }
                for name, lateness in LATENESS.items()
            },
            "policy": {"quiet_hours": {"from": f"{EVENING:%H:%M}", "to": f"{MORNING:%H:%M}"}},
            "journeys": journeys,
        }
        (self.folder / "playbook.yaml").write_text(json.dumps(written))
        people = [f"c{n},c{n}@x.example,{zone},{birthday}" for n, zone in enumerate(YEARS)]
        orders = [f"c{n},{ordered.isoformat()},o{n}" for n in range(len(YEARS))]
        lines = {"people": ["id,email,timezone,birthday", *people]}
        lines |= {"orders": ["customer,time,id", *orders]}
        for name, rows in lines.items():
            (self.folder / f"{name}.csv").write_text("\n".join(rows) + "\n")

    def run(self, *instants: datetime) -> None:
        loaded = load_playbook(self.folder / "playbook.yaml")
        for at in instants:
            run(loaded, at)

    def rows(self, table: Any) -> list[Any]:
        store = Store.open(f"sqlite:///{self.folder}/.regulars/shop.db")
        with store.reading() as connection:
            found = connection.execute(select(table)).all()
        store.close()
        return list(found)

    def zone_of(self, row: Any) -> ZoneInfo:
        """Where the customer of a row lives; they are numbered in the order of their zones."""
        return ZoneInfo(list(YEARS)[row.customer - 1])

    def entered(self, journey: str) -> list[tuple[str, datetime]]:
        """Zone and occasion of each entry."""
        entries = [row for row in self.rows(tables.entries) if row.journey == journey]
        return sorted((self.zone_of(row).key, instant(row.occurred_at)) for row in entries)


def days(start: datetime, end: datetime) -> Iterator[date]:
    day = (start - 48 * HOUR).date()
    while day <= (end + 48 * HOUR).date():
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize(("zone", "change"), TRIED, ids=[f"{z}-{c:%Y-%m-%d}" for z, c in TRIED])
def test_through_a_clock_change(tmp_path: Path, zone: str, change: datetime) -> None:
    shop, clock = Shop(tmp_path, zone), ZoneInfo(zone)
    runs = [change + hours * HOUR for hours in AROUND]
    before, after = ((change + n * MINUTE).astimezone(clock) for n in (-1, 0))
    early = min(before.replace(tzinfo=None) + MINUTE, after.replace(tzinfo=None))
    middle = early + timedelta(minutes=10)  # in what the clock skips, or shows twice
    at = middle.time().replace(second=0)
    journeys = {
        "nightly": {
            "when": {"schedule": f"{at.minute} {at.hour} * * *", "segment": "everybody"},
            "steps": [{"send": "short"}, {"send": "receipt"}],
        },
        "birthday": {
            "when": {"date": "attribute.birthday", "yearly": True, "at": f"{at:%H:%M}"},
            "steps": [{"send": "long"}],
        },
        "waiting": {
            "when": {"event": "order"},
            "steps": [{"wait": {"until": f"{at:%H:%M}"}}, {"send": "short"}],
        },
    }
    shop.write(journeys, middle.date(), runs[0] - HOUR)
    shop.run(*runs)
    times = {
        name: [(shown(ZoneInfo(name), day, at)) for day in days(runs[0], runs[-1])]
        for name in YEARS
    }
    since = runs[0] - 24 * HOUR
    nightly = [t for t in sorted(set(times[zone])) if since < t <= runs[-1]]
    assert shop.entered("nightly") == sorted((name, t) for name in YEARS for t in nightly)
    birthdays = {name: shown(ZoneInfo(name), middle.date(), at) for name in YEARS}
    came = [(name, t) for name, t in birthdays.items() if since < t <= runs[-1]]
    assert shop.entered("birthday") == sorted(came)
    due = {name: min(t for t in times[name] if t >= runs[0]) for name in YEARS}
    waited = [row for row in shop.rows(tables.deliveries) if row.journey == "waiting"]
    assert {shop.zone_of(row).key: instant(row.due_at) for row in waited} == {
        name: t for name, t in due.items() if t <= runs[-1]
    }
    check_messages(shop, runs)


def check_messages(shop: Shop, runs: Sequence[datetime]) -> None:
    """Every message went at the first run that was neither in its night nor too late."""
    rows = sorted(shop.rows(tables.deliveries), key=lambda row: row.id)
    assert len({(row.entry, row.step) for row in rows}) == len(rows)
    ends: dict[int, tuple[str, str | None, int | None]] = {}
    for now in runs:
        taken: set[tuple[str, str, int]] = (
            set()
        )  # two entries of one customer send a step once in one run
        for row in rows:
            if row.planned_at > micros(now) or ends.get(row.id, ("held",))[0] != "held":
                continue
            end = decided(row, now, shop.zone_of(row), taken)
            ends[row.id] = (*end, None if end[0] == "held" else micros(now))
            if end[0] == "sent":
                taken.add((row.journey, row.step, row.customer))
    assert {row.id: (row.state, row.reason, row.settled_at) for row in rows} == ends


def decided(
    row: Any, now: datetime, zone: ZoneInfo, taken: set[tuple[str, str, int]]
) -> tuple[str, str | None]:
    if now - instant(row.due_at) > LATENESS[row.message]:
        return "skipped", "late"
    if row.message != "receipt" and is_night(now, zone):
        return "held", "quiet_hours"
    if (row.journey, row.step, row.customer) in taken:
        return "skipped", "duplicate"
    return "sent", None


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEFORE = NOON + 30 * MINUTE
AFTER = BEFORE + 72 * HOUR


def test_nothing_overdue_goes_out_by_surprise_after_three_days_without_a_run(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path, "UTC")
    in_time = {"misfire": {"within": "12h"}}
    everybody = {"when": {"enters": "everybody"}, "existing": True}
    send = [{"send": "long"}]
    journeys = {
        "daily": {
            "when": {"schedule": "0 12 * * *", "segment": "everybody"},
            "steps": send,
            **in_time,
        },
        "often": {"when": {"schedule": "0 */8 * * *", "segment": "everybody"}, "steps": send},
        "birthday": {"when": {"date": "attribute.birthday"}, "steps": send, **in_time},
        "quick": {"when": {"event": "order"}, "steps": send, **in_time},
        "slow": {"when": {"event": "order"}, "steps": send},
        "day": {**everybody, "steps": [{"wait": "1d"}, *send]},
        "days": {**everybody, "steps": [{"wait": "68h"}, *send]},
    }
    shop.write(journeys, (NOON + 30 * HOUR).date(), NOON + 30 * HOUR)
    shop.run(BEFORE, AFTER)
    check_messages(shop, [BEFORE, AFTER])
    fired = {name: {at for _, at in shop.entered(name)} for name in journeys}
    assert fired["daily"] == {NOON, NOON + 72 * HOUR}, "within 12 hours"
    assert fired["often"] == {NOON - n * HOUR for n in (4, 12, 20)} | {
        NOON + n * HOUR for n in (52, 60, 68)
    }, "within a day, where nothing is said"
    assert fired["birthday"] == fired["quick"] == set()
    clock = {(row.journey, instant(row.at)): row.outcome for row in shop.rows(tables.occurrences)}
    assert clock["daily", NOON + 24 * HOUR] == clock["daily", NOON + 48 * HOUR] == "missed"
    missed = {
        row.journey: row.customers
        for row in shop.rows(tables.occurrences)
        if row.outcome == "missed" and row.customers is not None
    }
    assert missed == {"birthday": len(YEARS), "quick": len(YEARS)}
    new = [row for row in shop.rows(tables.deliveries) if row.planned_at == micros(AFTER)]
    late = {row.journey for row in new if row.reason == "late"}
    assert late == {"slow", "day"}, "they were due more than a day ago, and that is the reason"
    assert late.isdisjoint(row.journey for row in new if row.reason != "late")
