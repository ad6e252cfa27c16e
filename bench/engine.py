"""Measure the engine: load, a first run, the run of the next day, and the same run once more.

    python bench/engine.py [--customers N] [--events N] [--json FILE] [--keep FOLDER]

The client's days are played three times, on a server once; the figures are of the time whose first
run took neither longest nor shortest, and the memory is the most of all.

The client is engine.yaml: 30 traits, 20 segments, 10 journeys. Its data is made by a seed and kept
in build/bench, so that it is made once; a million customers with 20 million events take 1.2 GB
there and some minutes. The program is measured from outside, as whole processes through its
public command line; the stages are its own report. Another client has the 20 segments alone, with
the traits that they ask for. Over its store one statement that a person wrote counts the same
segments (engine_by_hand.py): the two take turns, and must count the same. The store is SQLite, or
an empty one that ``STORE_URL`` names, which has no statement by hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import yaml
from measuring import Process, Result, Row, benchmark, machine, measured, regulars, stages, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Playbook = dict[str, Any]
HERE = Path(__file__).parent
MADE = HERE.parent / "build" / "bench"
NOW, NEXT = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"
STORE = Path(".regulars") / "engine.db"
STORE_URL = os.environ.get("STORE_URL")
RUNS = ("first", "next", "again")
LOADING = ("ingest",)
COMPUTED = ("traits", "segments", "journeys")  # what a first run computes besides loading
BY_HAND = ("traits", "segments")  # what a statement by hand stands beside
TURNS = 3  # since a machine's speed moves from minute to minute


def world(folder: Path, customers: int, events: int) -> None:
    """The client's files in ``folder``, made now or before."""
    made = MADE / f"engine-{customers}-{events}"
    if not (made / "done").exists():
        maker = HERE / "engine_world.py"
        subprocess.run([sys.executable, maker, made, str(customers), str(events)], check=True)
        (made / "done").touch()
    folder.mkdir(exist_ok=True)
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


def asked_by_segments(told: Playbook) -> Playbook:
    """What its segments ask for of a playbook, and no journeys."""
    asked = set(_traits_in(told["segments"]))
    traits = {name: made for name, made in told["traits"].items() if name in asked}
    return {name: told[name] for name in told if name != "journeys"} | {"traits": traits}


def _traits_in(said: Any) -> Iterator[str]:
    if isinstance(said, list):
        for each in said:
            yield from _traits_in(each)
    if isinstance(said, dict):
        yield from [said["trait"]] if "trait" in said else []
        yield from _traits_in(list(said.values()))


def only_loaded(told: Playbook) -> Playbook:
    """Of a playbook what loads its events with the same columns, and nothing to compute."""
    kept = {name: told[name] for name in told if name not in {"journeys", "segments", "traits"}}
    return kept | {"traits": {"spend": {"sum": "order.total"}, "last": {"last": "order.item"}}}


def beside_a_statement(folder: Path, customers: int, events: int) -> Result:
    """The segments alone and the statement by hand in turns, each time over a store just loaded."""
    world(folder, customers, events)
    playbook = folder / "engine.yaml"
    told = yaml.safe_load(playbook.read_text())
    playbook.write_text(yaml.safe_dump(only_loaded(told), sort_keys=False))
    run(folder, NOW)
    playbook.write_text(yaml.safe_dump(asked_by_segments(told), sort_keys=False))
    store, loaded = folder / STORE, folder / "loaded.db"
    store.rename(loaded)
    return {"turns": [_turn(folder, shutil.copyfile(loaded, store)) for _ in range(TURNS)]}


def _turn(folder: Path, store: Path) -> Result:
    ours = asdict(run(folder, NOW))
    by_hand = measured(folder, str(HERE / "engine_by_hand.py"), str(store), NOW).answer
    counted = {name: found["members"] for name, found in ours["answer"]["segments"].items()}
    if counted != by_hand["members"]:
        sys.exit(f"the statement by hand counts otherwise: {by_hand['members']}, {counted}")
    return {
        "ours": stages_of(ours, BY_HAND),
        "plain": by_hand["seconds"],
        "by_kind": by_hand["by_kind_seconds"],
    }


def days_of(folder: Path, customers: int, events: int) -> Result:
    """A first run, one more day with its events, and the same again, in an empty store."""
    world(folder, customers, events)
    first = run(folder, NOW)
    size = None if STORE_URL else (folder / STORE).stat().st_size
    shutil.copy(MADE / f"engine-{customers}-{events}" / "next.csv", folder / "events-2.csv")
    following, again = run(folder, NEXT), run(folder, NEXT)
    return {
        "store_bytes": size,
        "first": asdict(first),
        "next": asdict(following),
        "again": asdict(again),
    }


def measure(folder: Path, customers: int, events: int) -> Result:
    """A client's days, the middle one of three times, and the statement by hand."""
    days = [days_of(folder, customers, events) for _ in range(1 if STORE_URL else TURNS)]
    middle = sorted(days, key=lambda found: found["first"]["seconds"])[len(days) // 2]
    middle["first"]["peak_mb"] = max(found["first"]["peak_mb"] for found in days)
    return {
        "customers": customers,
        "events": events,
        "store": STORE_URL.partition(":")[0] if STORE_URL else "sqlite",
        **middle,
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


def usual(result: Result, what: str, times: str = "") -> float:
    """The median of what the turns took, in seconds or in ``times`` another."""
    return float(median(turn[what] / (turn[times] if times else 1) for turn in result["turns"]))


def told(result: Result) -> str:
    lines = [line for line in LINES if line.everywhere or result["store_bytes"]]
    rows: list[Row] = [
        ("customers", f"{result['customers']:,}", "asked of a million"),
        ("events", f"{result['events']:,}", ""),
        ("store", result["store"], ""),
        *((each.name, each.told(result), each.asked and f"≤ {each.asked}") for each in lines),
    ]
    if "turns" in result:
        rows += [
            ("the 20 segments alone", f"{usual(result, 'ours'):.2f} s", ""),
            ("one statement by hand", f"{usual(result, 'plain'):.2f} s", ""),
            ("  ours, times that", f"{usual(result, 'ours', 'plain'):.2f}", "≤ 1.3"),
            ("the same, kind by kind", f"{usual(result, 'by_kind'):.2f} s", ""),
            ("  ours, times that", f"{usual(result, 'ours', 'by_kind'):.2f}", ""),
        ]
    parts = [f"{name}\n{table(stages(result[name]['answer']['seconds']))}" for name in RUNS]
    return "\n\n".join([table(rows), *parts])


if __name__ == "__main__":
    benchmark(__doc__, {"customers": 100_000, "events": 2_000_000}, measure, told)
