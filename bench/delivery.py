"""Measure a delivery: planned → sent, into a null channel and into a local mail server.

    python bench/delivery.py [--messages N] [--workers N] [--json FILE] [--keep FOLDER]

Each row is a run of its own through the public command line, on a store of its own with FULL
sync; what is measured is its delivery, from the first claim to the last answer, with rendering
and ledger. The mail server is Postfix's ``smtp-sink`` (Debian: ``postfix``), which takes mail and
throws it away; without it those rows are left out. The data is made by a seed.

With ``--workers`` the same messages are left by a run to one worker and to so many, in turns, on
SQLite or on the store that ``STORE_URL`` names, which is emptied of them before each turn. Beside
each turn stands what so many bare loops at once do: on a machine that shares its processors with
others, nothing gains more than that.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from mailing import make
from measuring import Process, Result, Row, benchmark, machine, measured, regulars, table
from regulars.delivery import IN_FLIGHT
from regulars.runs.loading import load_playbook
from regulars.store import Store, tables
from sqlalchemy import update

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = "2026-03-01T09:00:00Z"
BARE = Path(__file__).with_name("bare_smtp.py")
TURNS = 5
LOOP = """
from time import perf_counter
begun = perf_counter()
kept = {}
for number in range(10_000_000):
    kept[number % 1000] = number * number % 7
print(perf_counter() - begun)
"""


@contextmanager
def sink() -> Iterator[tuple[int, list[int]]]:
    """A mail server on this machine: its port, and in the end how many messages it took."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    taken: list[int] = []
    who = ["-u", "nobody"] if os.geteuid() == 0 else []
    with tempfile.TemporaryFile() as counters:  # a pipe would fill
        command = [str(smtp_sink()), *who, "-c", f"127.0.0.1:{port}", "1000"]
        process = subprocess.Popen(command, stdout=counters)
        try:
            _wait_for(port)
            yield port, taken
        finally:
            process.terminate()
            process.wait()
            counters.seek(0)
            taken += map(int, re.findall(rb"mesg=(\d+)", counters.read())[-1:])


def smtp_sink() -> str | None:
    return shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("smtp-sink doesn't answer")


def delivery(folder: Path, messages: int, channel: str) -> Result:
    """One run on a new store: what its delivery took."""
    shutil.rmtree(folder, ignore_errors=True)
    make(folder, messages, channel)
    run: Process = regulars(folder, "run", "playbook.yaml", "--at", NOW, "--json")
    seconds = run.answer["seconds"]["delivery"]
    return {
        "sent": run.answer["decisions"]["sent"],
        "seconds": seconds,
        "per_second": messages / seconds,
        "peak_mb": run.peak_mb,
        "process": run.answer["seconds"] | {"whole": run.seconds},
    }


def into_sink(folder: Path, messages: int) -> Result:
    """The same into the mail server, and beside it a bare loop over the same messages."""
    with sink() as (port, taken):
        settings = f"host: 127.0.0.1, port: {port}, from: hello@mailing.example, helo: bench"
        found = delivery(folder, messages, f"{{use: smtp, {settings}}}")
    with sink() as (port, bare_taken):
        words = ("render", "playbook.yaml", "spring", "--customer", "u0", "--at", NOW)
        message = subprocess.run(
            [sys.executable, "-m", "regulars", *words], cwd=folder, check=True, capture_output=True
        ).stdout
        (folder / "message.eml").write_bytes(message)
        bare = measured(folder, str(BARE), "message.eml", "customers.csv", str(port)).answer
    rate = bare["sent"] / bare["seconds"]
    found |= {"taken": taken[0], "octets": len(message)}
    return found | {"bare_per_second": rate, "bare_taken": bare_taken[0]}


def by_workers(folder: Path, messages: int, workers: int) -> Result:
    """What one worker takes and what several take of the same ledger, in turns."""
    shutil.rmtree(folder, ignore_errors=True)
    make(folder, messages, '{use: "null"}')
    if store := os.environ.get("STORE_URL"):
        playbook = folder / "playbook.yaml"
        playbook.write_text(f"store: {store}\n{playbook.read_text()}")
    regulars(folder, "run", "playbook.yaml", "--at", NOW, "--leave-sending", "--json")
    turns: list[Result] = []
    for _ in range(TURNS):
        seconds = {n: _worked(folder, messages, n) for n in (1, workers)}
        turns.append({"seconds": seconds, "loops": loops_at_once(workers)})
    rates = {n: median(messages / turn["seconds"][n] for turn in turns) for n in (1, workers)}
    return {
        "workers": workers,
        "alone": rates[1],
        "together": rates[workers],
        "times": median(turn["seconds"][1] / turn["seconds"][workers] for turn in turns),
        "loops": median(turn["loops"] for turn in turns),
        "turns": turns,
    }


def _worked(folder: Path, messages: int, workers: int) -> float:
    plan_again(folder)
    done = regulars(folder, "work", "playbook.yaml", "--workers", str(workers), "--json").answer
    if done["counts"] != {"sent": messages}:
        sys.exit(f"the workers did something else: {done}")
    return float(done["seconds"])


def loops_at_once(processes: int) -> float:
    """How many times as much so many bare loops at once do as one: what the machine has to give."""

    def slowest(count: int) -> float:
        loop = [sys.executable, "-c", LOOP]
        begun = [subprocess.Popen(loop, stdout=subprocess.PIPE) for _ in range(count)]
        return max(float(each.communicate()[0]) for each in begun)

    return processes * slowest(1) / slowest(processes)


def plan_again(folder: Path) -> None:
    """Leave the ledger as the run left it."""
    store = Store.open(load_playbook(folder / "playbook.yaml").playbook.store)
    ledger = tables.deliveries
    with store.transaction() as connection:
        connection.execute(update(ledger).values(state="planned", provider_id=None))
    store.close()


def sync_seconds(folder: Path) -> float:
    """What it takes this disk to keep 50 KB, about what a batch writes: the middle of 100 times."""
    taken = []
    with (folder / "sync").open("wb") as file:
        for _ in range(100):
            file.write(bytes(50_000))
            file.flush()
            start = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - start)
    return median(taken)


def measure(folder: Path, messages: int, workers: int) -> Result:
    if workers:
        return {"messages": messages, **by_workers(folder / "workers", messages, workers)}
    result: Result = {"messages": messages, "sync_seconds": sync_seconds(folder)}
    result["null"] = delivery(folder / "null", messages, '{use: "null"}')
    if smtp_sink():
        result["sink"] = into_sink(folder / "sink", messages)
    result["machine"] = machine()
    return result


def told(result: Result) -> str:
    if "workers" in result:
        return table([
            ("messages", f"{result['messages']:,}", ""),
            ("one worker, a second", f"{result['alone']:,.0f}", "≥ 5,000"),
            (f"{result['workers']} workers, a second", f"{result['together']:,.0f}", ""),
            ("  times one", f"{result['times']:.2f}", "≥ 1.7 for two"),
            ("bare loops, times one", f"{result['loops']:.2f}", ""),
        ])  # fmt: skip
    null, messages = result["null"], result["messages"]
    syncing = messages / IN_FLIGHT * result["sync_seconds"]
    rows: list[Row] = [
        ("messages", f"{messages:,}", ""),
        ("null channel: sent", f"{null['sent']:,}", f"{messages:,}"),
        ("  a second", f"{null['per_second']:,.0f}", "≥ 5,000"),
        ("  peak memory", f"{null['peak_mb']:.0f} MB", "≤ 200 MB at 100,000"),
        ("  waiting for this disk", f"{syncing / null['seconds']:.0%}", ""),
    ]
    if "sink" in result:
        mail = result["sink"]
        rows += [
            ("mail server: sent", f"{mail['sent']:,}", f"{messages:,}"),
            ("  taken by the server", f"{mail['taken']:,}", f"{messages:,}"),
            ("  octets of a message", f"{mail['octets']:,}", ""),
            ("  a second", f"{mail['per_second']:,.0f}", "≥ 2,000"),
            ("  peak memory", f"{mail['peak_mb']:.0f} MB", "≤ 200 MB at 100,000"),
            ("bare smtplib loop, a second", f"{mail['bare_per_second']:,.0f}", ""),
            (
                "  mail server, times that",
                f"{mail['per_second'] / mail['bare_per_second']:.2f}",
                "",
            ),
        ]
    else:
        rows.append(("mail server", "left out", "smtp-sink is missing: apt-get install postfix"))
    return table(rows)


if __name__ == "__main__":
    benchmark(__doc__, {"messages": 20_000, "workers": 0}, measure, told)
