"""Measure a first run: load a large client's data, segment everybody, write to 20,000.

    python bench/first_run.py [--customers N] [--events N] [--json FILE] [--keep FOLDER]

The data is made by a seed, so two machines measure the same work. The program is measured from
outside, as whole processes through its public command line; the stages are its own report.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from measuring import Process, Result, Row, benchmark, machine, measured, regulars, stages, table

NOW, BEFORE = "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z"
MAKER = Path(__file__).with_name("client.py")
BARE = Path(__file__).with_name("bare_load.py")


def without_events(folder: Path, *arguments: str) -> Process:
    """Run while the file of events holds its header alone."""
    events, aside = folder / "events.csv", folder / "events.aside"
    with events.open() as lines:
        header = next(lines)
    events.rename(aside)
    events.write_text(header)
    try:
        return regulars(folder, *arguments)
    finally:
        aside.replace(events)


def measure(folder: Path, customers: int, events: int) -> Result:
    """Profiles, then the first run with events, then the same instant once more: what they took."""
    shutil.rmtree(folder / ".regulars", ignore_errors=True)
    subprocess.run([sys.executable, MAKER, folder, str(customers), str(events)], check=True)
    profiles = without_events(folder, "run", "playbook.yaml", "--at", BEFORE, "--json")
    run = ("run", "playbook.yaml", "--at", NOW, "--json")
    first, second = regulars(folder, *run), regulars(folder, *run)
    loading = first.answer["seconds"]["ingest"]
    (folder / "bare.db").unlink(missing_ok=True)
    bare = measured(folder, str(BARE), "events.csv", "bare.db").answer["seconds"]
    return {
        "customers": customers,
        "events": events,
        "profile_seconds": profiles.answer["seconds"]["ingest"],
        "load_seconds": loading,
        "events_per_second": events / loading,
        "bare_load_seconds": bare,
        "run_seconds": first.seconds - loading,
        "peak_mb": first.peak_mb,
        "entered": first.answer["journeys"]["winback"]["entered"],
        "sent": first.answer["decisions"]["sent"],
        "sent_again": second.answer["decisions"]["sent"],
        "second_run_seconds": second.seconds,
        "first": asdict(first),
        "second": asdict(second),
        "machine": machine(),
    }


def told(result: Result) -> str:
    rows: list[Row] = [
        ("customers", f"{result['customers']:,}", ""),
        ("events", f"{result['events']:,}", ""),
        ("loading profiles", f"{result['profile_seconds']:.1f} s", ""),
        ("loading events", f"{result['load_seconds']:.1f} s", ""),
        ("events loaded a second", f"{result['events_per_second']:,.0f}", "≥ 150,000"),
        ("bare csv and sqlite3", f"{result['bare_load_seconds']:.1f} s", ""),
        (
            "  loading, times that",
            f"{result['load_seconds'] / result['bare_load_seconds']:.2f}",
            "",
        ),
        ("the run without loading", f"{result['run_seconds']:.1f} s", "≤ 10 s"),
        ("peak memory", f"{result['peak_mb']:.0f} MB", "≤ 300 MB"),
        ("customers who entered", f"{result['entered']:,}", f"{result['customers'] // 5:,}"),
        ("messages sent", f"{result['sent']:,}", f"{result['customers'] // 5:,}"),
        ("sent by a second run", f"{result['sent_again']:,}", "0"),
        ("the second run", f"{result['second_run_seconds']:.1f} s", ""),
    ]
    return table(rows + stages(result["first"]["answer"]["seconds"]))


if __name__ == "__main__":
    sizes = {"customers": 100_000, "events": 2_000_000}
    benchmark(__doc__, sizes, measure, told)
