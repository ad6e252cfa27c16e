"""Measure the engine: load, a first run, the run of the next day, and the same run once more.

    python bench/engine.py [--customers N] [--events N] [--json FILE] [--keep FOLDER]

The client is engine.yaml: 30 traits, 20 segments, 10 journeys. Its data is made by a seed and kept
in build/bench, so that it is made once; a million customers with 20 million events take 1.2 GB
there and some minutes. The program is measured from outside, as whole processes through its
public command line; the stages are its own report. Beside it another client has the 20 segments
alone, with the traits that they ask for; in its store one statement that a person wrote counts
the same segments (engine_by_hand.py), and both must count the same. The store is SQLite, or an
empty one that ``STORE_URL`` names, which has no statement by hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from measuring import Process, Result, Row, benchmark, machine, measured, regulars, stages, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).parent
MADE = HERE.parent / "build" / "bench"
NOW, NEXT = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"
STORE = Path(".regulars") / "engine.db"
STORE_URL = os.environ.get("STORE_URL")
RUNS = ("first", "next", "again")
LOADING = ("ingest",)
COMPUTED = ("traits", "segments", "journeys")  # what a first run computes besides loading
BY_HAND = ("traits", "segments")  # what a statement by hand stands beside


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


def segments_alone(playbook: Path) -> None:
    """Leave nothing in ``playbook`` that its segments don't ask for."""
    told = yaml.safe_load(playbook.read_text())
    asked = set(_traits_in(told["segments"]))
    told["traits"] = {name: made for name, made in told["traits"].items() if name in asked}
    del told["journeys"]
    playbook.write_text(yaml.safe_dump(told, sort_keys=False))


def _traits_in(said: Any) -> Iterator[str]:
    if isinstance(said, list):
        for each in said:
            yield from _traits_in(each)
    if isinstance(said, dict):
        yield from [said["trait"]] if "trait" in said else []
        yield from _traits_in(list(said.values()))


def beside_a_statement(folder: Path, customers: int, events: int) -> Result:
    """The segments alone, and the statement by hand over the same store."""
    world(folder, customers, events)
    segments_alone(folder / "engine.yaml")
    alone = run(folder, NOW)
    by_hand = measured(folder, str(HERE / "engine_by_hand.py"), str(STORE), NOW)
    counted = {name: found["members"] for name, found in alone.answer["segments"].items()}
    if counted != by_hand.answer["members"]:
        sys.exit(f"the statement by hand counts otherwise: {by_hand.answer['members']}, {counted}")
    return {
        "alone": asdict(alone),
        "by_hand_seconds": by_hand.answer["seconds"],
        "by_kind_seconds": by_hand.answer["by_kind_seconds"],
    }


def measure(folder: Path, customers: int, events: int) -> Result:
    """A first run, one more day with its events, the same again, and the statement by hand."""
    world(folder, customers, events)
    first = run(folder, NOW)
    size = None if STORE_URL else (folder / STORE).stat().st_size
    shutil.copy(MADE / f"engine-{customers}-{events}" / "next.csv", folder / "events-2.csv")
    following, again = run(folder, NEXT), run(folder, NEXT)
    return {
        "customers": customers,
        "events": events,
        "store": STORE_URL.partition(":")[0] if STORE_URL else "sqlite",
        "store_bytes": size,
        "first": asdict(first),
        "next": asdict(following),
        "again": asdict(again),
        "machine": machine(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        **({} if STORE_URL else beside_a_statement(folder / "alone", customers, events)),
    }


def stages_of(process: Result, names: Iterable[str]) -> float:
    """The seconds of some stages of one run, together."""
    return float(sum(process["answer"]["seconds"][name] for name in names))


def computing(process: Result) -> float:
    """The seconds of what a run computes besides loading."""
    return stages_of(process, COMPUTED)


@dataclass(frozen=True)
class Line:
    """A line of the table: what it is, what is asked of it with a million customers, a figure."""

    name: str
    asked: str
    figure: Callable[[Result], float]
    unit: str = "s"
    digits: int = 1
    everywhere: bool = True  # also of a server

    def told(self, result: Result) -> str:
        """The figure as people read it."""
        return f"{self.figure(result):,.{self.digits}f} {self.unit}"


LINES = (
    Line("load the events", "120 s", lambda found: stages_of(found["first"], LOADING)),
    Line("the first run, traits to journeys", "60 s", lambda found: computing(found["first"])),
    Line("peak memory of both", "300 MB", lambda found: found["first"]["peak_mb"], "MB", 0),
    Line("the next day, whole process", "", lambda found: found["next"]["seconds"]),
    Line("  of it traits to journeys", "", lambda found: computing(found["next"]), digits=2),
    Line(
        "  and those of the first run",
        "10 %",
        lambda found: 100 * computing(found["next"]) / computing(found["first"]),
        "%",
    ),
    Line("again, whole process", "2 s", lambda found: found["again"]["seconds"]),
    Line("the store", "", lambda found: found["store_bytes"] / 1e6, "MB", 0, everywhere=False),
)


def times_by_hand(result: Result, run: str, way: str = "by_hand_seconds") -> float:
    """How much longer traits and segments take in ``run`` than the statement by hand."""
    return stages_of(result[run], BY_HAND) / float(result[way])


def told(result: Result) -> str:
    lines = [line for line in LINES if line.everywhere or result["store_bytes"]]
    rows: list[Row] = [
        ("customers", f"{result['customers']:,}", "asked of a million"),
        ("events", f"{result['events']:,}", ""),
        ("store", result["store"], ""),
        *((each.name, each.told(result), each.asked and f"≤ {each.asked}") for each in lines),
    ]
    if "alone" in result:
        rows += [
            ("20 segments by hand", f"{result['by_hand_seconds']:.2f} s", ""),
            ("  ours, times that", f"{times_by_hand(result, 'alone'):.2f}", "≤ 1.3"),
            ("  and with all 30 traits", f"{times_by_hand(result, 'first'):.2f}", ""),
            ("the same, kind by kind", f"{result['by_kind_seconds']:.2f} s", ""),
            ("  ours, times that", f"{times_by_hand(result, 'alone', 'by_kind_seconds'):.2f}", ""),
        ]
    parts = [f"{name}\n{table(stages(result[name]['answer']['seconds']))}" for name in RUNS]
    return "\n\n".join([table(rows), *parts])


if __name__ == "__main__":
    benchmark(__doc__, {"customers": 100_000, "events": 2_000_000}, measure, told)
