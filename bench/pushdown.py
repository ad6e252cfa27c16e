"""Measure push-down: the engine's 20 segments, found by DuckDB in one statement.

    python bench/pushdown.py [--events N] [--json FILE] [--keep FOLDER]

There is a customer for every twenty events: 10,000,000 by default, 1,000,000 for a glance, and
100,000,000 take 1 GB of disk and 6 GB of memory. The statement is what `regulars segments --sql
duckdb` prints.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import Result, benchmark, machine, measured, table

if TYPE_CHECKING:
    from measuring import Row

NOW = "2026-03-01T00:00:00Z"
PLAYBOOK = Path(__file__).with_name("engine.yaml")
WAREHOUSE = Path(__file__).with_name("warehouse.py")
EVENTS_EACH = 20


def measure(folder: Path, events: int) -> Result:
    """Make the warehouse, print the statement, and ask it twice."""
    file, statement = str(folder / "warehouse.duckdb"), folder / "segments.sql"
    customers = events // EVENTS_EACH
    made = measured(folder, str(WAREHOUSE), "make", file, str(customers), str(events))
    printing = ["-m", "regulars", "segments", str(PLAYBOOK), "--sql", "duckdb", "--at", NOW]
    with statement.open("w") as output:
        subprocess.run([sys.executable, *printing], check=True, stdout=output)
    first, second = (
        measured(folder, str(WAREHOUSE), "ask", file, str(statement)) for _ in range(2)
    )
    return {
        "customers": customers,
        "events": events,
        "made_seconds": made.seconds,
        "megabytes": made.answer["megabytes"],
        "seconds": min(first.seconds, second.seconds),
        "first_seconds": first.seconds,
        "peak_mb": max(first.peak_mb, second.peak_mb),
        "members": first.answer,
        "machine": machine(),
    }


def told(result: Result) -> str:
    members = result["members"]
    rows: list[Row] = [
        ("customers", f"{result['customers']:,}", ""),
        ("events", f"{result['events']:,}", ""),
        ("making the rows", f"{result['made_seconds']:.1f} s", ""),
        ("on disk", f"{result['megabytes']:,.0f} MB", ""),
        ("20 segments, first time", f"{result['first_seconds']:.1f} s", ""),
        ("20 segments, better of two", f"{result['seconds']:.1f} s", ""),
        ("events a second", f"{result['events'] / result['seconds']:,.0f}", ""),
        ("peak memory", f"{result['peak_mb']:,.0f} MB", ""),
        ("members found", f"{sum(members.values()):,}", ""),
        *((f"  {name}", f"{count:,}", "") for name, count in members.items()),
    ]
    return table(rows)


if __name__ == "__main__":
    benchmark(__doc__, {"events": 10_000_000}, measure, told)
