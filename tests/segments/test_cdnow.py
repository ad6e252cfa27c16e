"""The CDNOW sample: what is counted by hand on the raw rows."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import fit, make_playbook, run, utc, write

if TYPE_CHECKING:
    from regulars.store import Store

DATA = Path(__file__).parents[2] / "examples" / "cdnow" / "purchases.csv"
SEGMENTS = {
    "twice": {"performed": "order", "at_least": 2},
    "big": {"performed": "order", "sum": "total", "at_least": 100},
    "recent": {"performed": "order", "within": "90d"},
    "lapsed": {
        "performed": "order",
        "at_least": 3,
        "none": [{"performed": "order", "within": "90d"}],
    },
}
TRUTH = {
    utc(1997, 10, 1): {"twice": 959, "big": 440, "recent": 409, "lapsed": 214},
    utc(1998, 1, 1): {"twice": 1053, "big": 507, "recent": 401, "lapsed": 290},
    utc(1998, 6, 30): {"twice": 1152, "big": 615, "recent": 299, "lapsed": 473},
}


def buyers() -> list[Person]:
    events: dict[str, list[Event]] = defaultdict(list)
    with DATA.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            time = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
            event = Event(number, time, "order", {"total": row["amount"]})
            events[row["customer_id"]].append(event)
    return [Person(key, events=tuple(bought)) for key, bought in events.items()]


def test_segments_hold_whom_the_raw_rows_say_they_hold(store: Store) -> None:
    playbook = make_playbook(SEGMENTS)
    fit(store, playbook)
    write(store, playbook, buyers())
    for now, expected in TRUTH.items():
        _, counts = run(store, playbook, now)
        assert {name: count.members for name, count in counts.items()} == expected
        _, again = run(store, playbook, now)
        assert all(count.entered == count.left == 0 for count in again.values())
