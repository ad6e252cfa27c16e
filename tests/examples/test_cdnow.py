"""The CDNOW example against the raw rows, counted here without regulars."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

CDNOW = Path(__file__).parents[2] / "examples" / "cdnow"
DATES = ("1997-10-01", "1998-01-01", "1998-06-30")
PUBLISHED = {  # purchases, and the four segments, as the example's README promises them
    "1997-10-01": (4965, 959, 440, 409, 214),
    "1998-01-01": (5734, 1053, 507, 401, 290),
    "1998-06-30": (6919, 1152, 615, 299, 473),
}
WINDOW, AGAIN = timedelta(days=90), timedelta(days=180)


def purchases() -> list[tuple[str, date, Decimal]]:
    with (CDNOW / "purchases.csv").open(newline="") as file:
        return [
            (row["customer_id"], date.fromisoformat(row["date"]), Decimal(row["amount"]))
            for row in csv.DictReader(file)
        ]


def truth(at: str) -> tuple[int, dict[str, set[str]]]:
    """How many purchases there are up to a date, and who is in which segment."""
    now = date.fromisoformat(at)
    seen = [row for row in purchases() if row[1] <= now]
    bought = Counter(customer for customer, _, _ in seen)
    recent = {customer for customer, day, _ in seen if day > now - WINDOW}
    spent: Counter[str] = Counter()
    for customer, _, amount in seen:
        spent[customer] += amount  # type: ignore[assignment]
    return len(seen), {
        "repeat_buyers": {customer for customer, count in bought.items() if count >= 2},
        "big_spenders": {customer for customer, total in spent.items() if total >= 100},
        "active": recent,
        "lapsed": {customer for customer, count in bought.items() if count >= 3} - recent,
    }


def winback_entries() -> dict[str, int]:
    """How many customers each of the three runs lets into the win-back journey."""
    entered: dict[str, date] = {}
    before: set[str] = set()
    counts = {}
    for at in DATES:
        now, lapsed = date.fromisoformat(at), truth(at)[1]["lapsed"]
        let_in = {c for c in lapsed - before if c not in entered or now - entered[c] >= AGAIN}
        entered |= dict.fromkeys(let_in, now)
        before, counts[at] = lapsed, len(let_in)
    return counts


def regulars(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "regulars", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def answer(folder: Path, command: str, at: str) -> dict[str, Any]:
    summary = json.loads(regulars(folder, command, "playbook.yaml", "--at", at, "--json"))
    assert isinstance(summary, dict)
    del summary["seconds"]
    return summary


@pytest.fixture
def cdnow(tmp_path: Path) -> Path:
    folder = tmp_path / "cdnow"
    shutil.copytree(CDNOW, folder, ignore=shutil.ignore_patterns(".regulars", "outbox"))
    return folder


@pytest.mark.parametrize("at", DATES)
def test_the_raw_rows_say_what_the_readme_promises(at: str) -> None:
    count, segments = truth(at)

    assert (count, *map(len, segments.values())) == PUBLISHED[at]


def test_three_dates_in_order_hit_the_truth_and_each_customer_enters_once(cdnow: Path) -> None:
    sent = 0
    for at in DATES:
        count, segments = truth(at)
        summary = answer(cdnow, "run", at)
        members = {name: numbers["members"] for name, numbers in summary["segments"].items()}
        entries = winback_entries()[at]

        assert members == {name: len(customers) for name, customers in segments.items()}
        assert summary["journeys"]["winback"]["entered"] == entries
        assert summary["decisions"]["sent"] == entries
        assert summary["decisions"]["skipped"] == {}
        sent += entries
        ids = regulars(cdnow, "segments", "playbook.yaml", "lapsed", "--members").split()
        assert set(ids) == segments["lapsed"]
        assert len(ids) == len(segments["lapsed"])
        assert len(list((cdnow / "outbox").rglob("*.eml"))) == sent
        assert count == PUBLISHED[at][0]


def test_the_events_in_view_add_up_to_the_purchases_up_to_each_date(cdnow: Path) -> None:
    in_view = 0
    for at in DATES:
        in_view += answer(cdnow, "run", at)["ingested"]["purchases"]["events"]

        assert in_view == PUBLISHED[at][0]


def test_running_a_date_twice_changes_nothing(cdnow: Path) -> None:
    first = answer(cdnow, "run", DATES[0])
    second = answer(cdnow, "run", DATES[0])

    assert first["decisions"]["sent"] == 214
    assert second["decisions"]["sent"] == 0
    assert second["journeys"]["winback"]["entered"] == 0
    assert {name: s["members"] for name, s in second["segments"].items()} == {
        name: s["members"] for name, s in first["segments"].items()
    }
    assert all(s["entered"] == s["left"] == 0 for s in second["segments"].values())
    assert len(list((cdnow / "outbox").rglob("*.eml"))) == 214


def test_plan_says_what_run_then_does_and_leaves_no_trace(cdnow: Path) -> None:
    for at in DATES:
        store = cdnow / ".regulars" / "cdnow.db"
        before = store.read_bytes() if store.exists() else None
        planned = answer(cdnow, "plan", at)

        assert (store.read_bytes() if store.exists() else None) == before
        assert answer(cdnow, "run", at) == planned
