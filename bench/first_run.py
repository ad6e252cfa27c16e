"""Measure a first run: load a large client's data, segment everybody, write to 20,000.

    python bench/first_run.py [--customers N] [--events N] [--json FILE] [--keep FOLDER]

The data is made by a seed, so two machines measure the same work. The program is measured from
outside, as whole processes through its public command line; the stages are its own report.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

NOW, BEFORE = "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z"
MAKER = Path(__file__).with_name("client.py")
BARE = Path(__file__).with_name("bare_load.py")


@dataclass(frozen=True)
class Process:
    """One process that ended: its answer, its wall-clock seconds, its peak memory in MB.

    Where the system tells it (Linux), the memory is that of the process and those it started.
    """

    answer: dict[str, Any]
    seconds: float
    peak_mb: float


def regulars(folder: Path, *arguments: str) -> Process:
    """Run one command of regulars as a process of its own and measure it from outside."""
    return measured(folder, "-m", "regulars", *arguments)


def measured(folder: Path, *arguments: str) -> Process:
    """Run Python with ``arguments``; it answers with JSON."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], cwd=folder, stdout=output)
        status, peak = awaited(process.pid)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"python {' '.join(arguments)} ended with status {process.returncode}")
        output.seek(0)
        return Process(json.load(output), taken, peak)


def awaited(pid: int) -> tuple[int, float]:
    """The status with which a process ended, and its peak memory in MB with all it started."""
    together = 0.0
    while True:
        together = max(together, resident(pid))
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            alone = usage.ru_maxrss / (1_048_576 if sys.platform == "darwin" else 1_024)
            return status, max(alone, together)
        time.sleep(0.02)


def resident(pid: int) -> float:
    """The memory of a process and those that it started, in MB now; 0 where nobody says."""
    process = Path(f"/proc/{pid}")
    try:
        started = (process / f"task/{pid}/children").read_text().split()
        pages = int((process / "statm").read_text().split()[1])
    except OSError:
        return 0.0
    own = pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576
    return own + sum(resident(int(child)) for child in started)


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


def measure(folder: Path, people: int, count: int) -> dict[str, Any]:
    """Profiles, then the first run with events, then the same instant once more: what they took."""
    profiles = without_events(folder, "run", "playbook.yaml", "--at", BEFORE, "--json")
    run = ("run", "playbook.yaml", "--at", NOW, "--json")
    first, second = regulars(folder, *run), regulars(folder, *run)
    loading = first.answer["seconds"]["ingest"]
    (folder / "bare.db").unlink(missing_ok=True)
    bare = measured(folder, str(BARE), "events.csv", "bare.db").answer["seconds"]
    return {
        "customers": people,
        "events": count,
        "profile_seconds": profiles.answer["seconds"]["ingest"],
        "load_seconds": loading,
        "events_per_second": count / loading,
        "bare_load_seconds": bare,
        "run_seconds": first.seconds - loading,
        "peak_mb": first.peak_mb,
        "entered": first.answer["journeys"]["winback"]["entered"],
        "sent": first.answer["decisions"]["sent"],
        "sent_again": second.answer["decisions"]["sent"],
        "second_run_seconds": second.seconds,
        "first": asdict(first),
        "second": asdict(second),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
    }


def table(result: dict[str, Any]) -> str:
    rows = [
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
    rows += [
        (f"  stage {stage}", f"{seconds:.2f} s", "")
        for stage, seconds in result["first"]["answer"]["seconds"].items()
    ]
    return "\n".join(f"{name:<28}{value:>14}   {wanted}" for name, value, wanted in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / ".regulars", ignore_errors=True)
        size = (str(given.customers), str(given.events))
        subprocess.run([sys.executable, MAKER, folder, *size], check=True)
        result = measure(folder, given.customers, given.events)
    print(table(result))
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
