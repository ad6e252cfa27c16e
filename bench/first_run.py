"""Measure a first run: load a large client's data, segment everybody, send to 20,000.

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

import numpy as np

SEED = 20_000
NOW = np.datetime64("2026-03-01T00:00:00")
DAY = 86_400
HERE = Path(__file__).parent

PLAYBOOK = """
playbook: bench
timezone: UTC
plugins: [./null_channel.py]
customer:
  attributes: {first_name: text, city: text, plan: text}
sources:
  people:
    use: csv
    path: customers.csv
    provides: customers
    map: {id: id, email: email, first_name: first_name, city: city, plan: plan}
  events:
    use: csv
    path: events.csv
    provides: events
    map: {id: id, customer: customer, time: time, event: {column: event}, item: item, total: total}
traits:
  orders: {count: order}
  orders_90d: {count: order, within: 90d}
  spend: {sum: order.total}
  spend_1y: {sum: order.total, within: 1y}
  basket: {average: order.total}
  biggest: {largest: order.total}
  visits_30d: {count: visit, within: 30d}
  first_order: {first: order}
  last_order: {last: order}
  range: {distinct: order.item}
segments:
  lapsed: {all: [{performed: order, at_least: 3}, {not_performed: order, within: 90d}]}
  active: {trait: orders_90d, at_least: 1}
  regulars: {performed: order, at_least: 4, within: 90d}
  big_spenders: {trait: spend, at_least: 1000}
  generous: {trait: basket, more_than: 50}
  explorers: {trait: range, at_least: 10}
  browsers: {all: [{trait: visits_30d, at_least: 2}, {not_performed: order, within: 30d}]}
  newcomers: {trait: first_order, within_last: 60d}
  portland_pro: {all: [{attribute: city, is: Portland}, {attribute: plan, in: [pro, team]}]}
  best: {all: [{segment: regulars}, {trait: spend_1y, at_least: 500}], none: [{segment: browsers}]}
channels:
  email: {use: "null"}
messages:
  we_miss_you:
    email:
      subject: "{{ customer.first_name }}, we miss you"
      body: |
        Hello {{ customer.first_name }},

        you came **{{ traits.orders }}** times. Come again.
journeys:
  winback:
    when: {enters: lapsed}
    existing: true
    steps:
      - send: we_miss_you
        via: email
"""


@dataclass(frozen=True)
class Process:
    """One process that ended: its answer, its wall-clock seconds, its peak memory in MB."""

    answer: dict[str, Any]
    seconds: float
    peak_mb: float


def customers(path: Path, count: int, chance: np.random.Generator) -> None:
    cities = chance.choice(["Portland", "Salem", "Eugene", "Bend", "Astoria"], count).tolist()
    plans = chance.choice(["free", "pro", "team"], count, p=[0.8, 0.15, 0.05]).tolist()
    lines = [
        f"u{number},user{number}@example.com,User{number % 997},{city},{plan}"
        for number, (city, plan) in enumerate(zip(cities, plans, strict=True))
    ]
    path.write_text("id,email,first_name,city,plan\n" + "\n".join(lines) + "\n")


def seconds_ago(who: np.ndarray, lapsed: int, chance: np.random.Generator) -> np.ndarray:
    """When events happened, in seconds before now: the lapsed have none in the last 91 days."""
    since = np.where(who < lapsed, 91 * DAY, 0)
    ago: np.ndarray = since + (chance.random(len(who)) * (730 * DAY - since)).astype(np.int64)
    return ago


def events(path: Path, count: int, people: int, lapsed: int, chance: np.random.Generator) -> None:
    """Three orders for everybody, one of them recent unless they lapsed; then the rest."""
    sure = np.repeat(np.arange(people), 3)
    shares = chance.gamma(1.5, size=people)
    rest = chance.choice(people, count - len(sure), p=shares / shares.sum())
    who = np.concatenate([sure, rest])
    ago = seconds_ago(who, lapsed, chance)
    recent = np.flatnonzero(sure[::3] >= lapsed) * 3
    ago[recent] = chance.integers(1, 80 * DAY, len(recent))
    kinds = np.where(chance.random(count) < 0.6, "order", "visit")
    kinds[: len(sure)] = "order"
    turn = np.argsort(-ago, kind="stable")
    times = np.datetime_as_string(NOW - ago[turn], unit="s").tolist()
    cents = chance.integers(100, 9_999, count).tolist()
    items = chance.integers(0, 40, count).tolist()
    with path.open("w") as file:
        file.write("id,customer,time,event,item,total\n")
        columns = (who[turn].tolist(), times, kinds[turn].tolist(), items, cents)
        file.writelines(
            f"{number},u{customer},{when}Z,{kind},item{item},{cent / 100:.2f}\n"
            for number, (customer, when, kind, item, cent) in enumerate(zip(*columns, strict=True))
        )


def make(folder: Path, people: int, count: int) -> None:
    """Write the client's folder: data, playbook and the null channel."""
    chance = np.random.default_rng(SEED)
    customers(folder / "customers.csv", people, chance)
    events(folder / "events.csv", count, people, people // 5, chance)
    (folder / "playbook.yaml").write_text(PLAYBOOK)
    shutil.copy(HERE / "null_channel.py", folder)


def regulars(folder: Path, *arguments: str) -> Process:
    """Run one command as a process of its own and measure it from outside."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "regulars", *arguments], cwd=folder, stdout=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"regulars {' '.join(arguments)} ended with status {process.returncode}")
        output.seek(0)
        peak = usage.ru_maxrss / (1_048_576 if sys.platform == "darwin" else 1_024)
        return Process(json.load(output), taken, peak)


def measure(folder: Path, people: int, count: int) -> dict[str, Any]:
    """A first run, and the same instant once more; what they took."""
    run = ("run", "playbook.yaml", "--at", f"{NOW}Z", "--json")
    first, second = regulars(folder, *run), regulars(folder, *run)
    loading = first.answer["seconds"]["ingest"]
    return {
        "customers": people,
        "events": count,
        "load_seconds": loading,
        "events_per_second": count / loading,
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
        ("loading", f"{result['load_seconds']:.1f} s", ""),
        ("events loaded a second", f"{result['events_per_second']:,.0f}", "≥ 150,000"),
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
        make(folder, given.customers, given.events)
        result = measure(folder, given.customers, given.events)
    print(table(result))
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
