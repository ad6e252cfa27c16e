"""Measure the engine: load, a first run, the run of the next day, and the same run once more.

    python bench/engine.py [--customers N] [--events N] [--json FILE] [--keep FOLDER]

The client is engine.yaml: 30 traits, 20 segments, 10 journeys. Its data is made by a seed and kept
in build/bench, so that it is made once; a million customers with 20 million events take 1.2 GB
there and some minutes. The program is measured from outside, as whole processes through its
public command line; the stages are its own report. Beside it the same 20 segments are counted by
one statement that a person wrote for this store (engine_by_hand.py); both must count the same.
The store is SQLite, or an empty one that ``STORE_URL`` names, which has no statement by hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import Process, Result, Row, benchmark, machine, measured, regulars, stages, table

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
MADE = HERE.parent / "build" / "bench"
NOW, NEXT = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"
STORE = Path(".regulars") / "engine.db"
STORE_URL = os.environ.get("STORE_URL")
RUNS = ("first", "next", "again")
LOADING = ("ingest",)
COMPUTED = ("traits", "segments", "journeys")  # what a first run computes besides loading


def world(folder: Path, customers: int, events: int) -> None:
    """The client's files in ``folder``, made now or before."""
    made = MADE / f"engine-{customers}-{events}"
    if not (made / "done").exists():
        maker = HERE / "engine_world.py"
        subprocess.run([sys.executable, maker, made, str(customers), str(events)], check=True)
        (made / "done").touch()
    shutil.rmtree(folder / ".regulars", ignore_errors=True)
    (folder / "events-2.csv").unlink(missing_ok=True)
    for name in ("customers.csv", "events-1.csv"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(made / name)
    for name in ("engine.yaml", "null_channel.py"):
        shutil.copy(HERE / name, folder)
    if STORE_URL:
        playbook = folder / "engine.yaml"
        playbook.write_text(f"store: {STORE_URL}\n{playbook.read_text()}")


def run(folder: Path, at: str) -> Process:
    return regulars(folder, "run", "engine.yaml", "--at", at, "--json")


def measure(folder: Path, customers: int, events: int) -> Result:
    """A first run, one more day with its events, the same again, and the statement by hand."""
    world(folder, customers, events)
    first = run(folder, NOW)
    size = by_hand = None
    if not STORE_URL:
        size = (folder / STORE).stat().st_size
        by_hand = measured(folder, str(HERE / "engine_by_hand.py"), str(STORE), NOW)
        _compare(first, by_hand)
    shutil.copy(MADE / f"engine-{customers}-{events}" / "next.csv", folder / "events-2.csv")
    following, again = run(folder, NEXT), run(folder, NEXT)
    return {
        "customers": customers,
        "events": events,
        "store": STORE_URL.partition(":")[0] if STORE_URL else "sqlite",
        "store_bytes": size,
        "by_hand_seconds": by_hand and by_hand.answer["seconds"],
        "first": asdict(first),
        "next": asdict(following),
        "again": asdict(again),
        "machine": machine(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _compare(ours: Process, by_hand: Process) -> None:
    counted = {name: found["members"] for name, found in ours.answer["segments"].items()}
    if counted != by_hand.answer["members"]:
        sys.exit(f"the statement by hand counts otherwise: {by_hand.answer['members']}, {counted}")


def stages_of(process: Result, names: Iterable[str]) -> float:
    """The seconds of some stages of one run, together."""
    return float(sum(process["answer"]["seconds"][name] for name in names))


def told(result: Result) -> str:
    first, following, again = result["first"], result["next"], result["again"]
    loading = stages_of(first, LOADING)
    computing, next_computing = stages_of(first, COMPUTED), stages_of(following, COMPUTED)
    share = result["customers"] / 1_000_000
    rows: list[Row] = [
        ("customers", f"{result['customers']:,}", ""),
        ("events", f"{result['events']:,}", ""),
        ("store", result["store"], ""),
        ("loading", f"{loading:.1f} s", f"≤ {120 * share:g} s"),
        ("the first run without it", f"{first['seconds'] - loading:.1f} s", ""),
        ("  traits to journeys", f"{computing:.1f} s", f"≤ {60 * share:g} s"),
        ("peak memory", f"{first['peak_mb']:.0f} MB", "≤ 300 MB loading, 500 MB running"),
        ("the next day, whole", f"{following['seconds']:.1f} s", "≤ 3 s with 100,000 customers"),
        ("  traits to journeys", f"{next_computing:.2f} s", f"≤ {computing / 10:.2f} s"),
        ("the same again", f"{again['seconds']:.1f} s", "≤ 2 s"),
    ]
    if result["store_bytes"]:
        segments, by_hand = stages_of(first, ["traits", "segments"]), result["by_hand_seconds"]
        rows += [
            ("size of the store", f"{result['store_bytes'] / 1e6:,.0f} MB", ""),
            ("20 segments by hand", f"{by_hand:.2f} s", ""),
            ("  ours, times that", f"{segments / by_hand:.2f}", "≤ 1.3"),
        ]
    parts = [f"{name}\n{table(stages(result[name]['answer']['seconds']))}" for name in RUNS]
    return "\n\n".join([table(rows), *parts])


if __name__ == "__main__":
    benchmark(__doc__, {"customers": 100_000, "events": 2_000_000}, measure, told)
