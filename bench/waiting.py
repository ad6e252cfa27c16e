"""Measure a run in which nobody is due.

    python bench/waiting.py [--customers N] [--json FILE] [--keep FOLDER]

A million customers wait in one journey: each for an order, which would also be its goal and let
them leave it. A few have news, as on any day. The data is made by a seed; the program is measured
from outside, as whole processes through its public command line.
"""

from __future__ import annotations

import shutil
from multiprocessing import Process
from pathlib import Path

import numpy as np
from measuring import Result, Row, benchmark, regulars, stages, table

SEED = 1_000_000
NEWS = 1_000  # customers who order while the others wait
LIMIT = 5.0  # seconds
ENTERED, WAITING, NEXT = "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z"
HERE = Path(__file__).parent

PLAYBOOK = """
playbook: waiting
timezone: UTC
plugins: [./null_channel.py]
customer:
  attributes: {city: text}
sources:
  people:
    use: csv
    path: customers.csv
    provides: customers
    map: {id: id, email: email, city: city}
  carts:
    use: csv
    path: carts.csv
    provides: events
    event: cart
    map: {id: id, customer: customer, time: time}
  orders:
    use: csv
    path: orders*.csv
    provides: events
    event: order
    map: {id: id, customer: customer, time: time}
segments:
  near: {attribute: city, is: Portland}
channels:
  email: {use: "null"}
messages:
  reminder:
    email: {subject: "Your cart", body: "Still there."}
journeys:
  cart:
    when: {event: cart}
    goal: {performed: order, within: 14d}
    exit_when: {performed: order}
    steps:
      - wait: 30d
      - send: reminder
"""
CHOOSY = PLAYBOOK.replace(
    "      - wait: 30d\n",
    "      - {wait_for: {performed: order}, at_most: 30d}\n",
)


def make(folder: Path, people: int, playbook: str) -> None:
    """A client whose every customer has filled a cart on one day."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    chance = np.random.default_rng(SEED)
    cities = chance.choice(["Portland", "Salem", "Eugene", "Bend"], people).tolist()
    seconds = chance.integers(0, 43_200, people)
    times = np.datetime_as_string(np.datetime64("2026-03-01T00:00:00") + np.sort(seconds)).tolist()
    (folder / "playbook.yaml").write_text(playbook)
    shutil.copy(HERE / "null_channel.py", folder)
    with (folder / "customers.csv").open("w") as file:
        file.write("id,email,city\n")
        file.writelines(f"u{n},u{n}@example.com,{city}\n" for n, city in enumerate(cities))
    with (folder / "carts.csv").open("w") as file:
        file.write("id,customer,time\n")
        file.writelines(f"c{n},u{n},{time}Z\n" for n, time in enumerate(times))
    (folder / "orders.csv").write_text("id,customer,time\n")


def order(folder: Path, people: int) -> None:
    """Let a few customers order."""
    who = np.random.default_rng(SEED + 1).choice(people, min(NEWS, people), replace=False)
    rows = [f"o{n},u{n},2026-03-02T18:00:00Z\n" for n in who.tolist()]
    (folder / "orders-2.csv").write_text("id,customer,time\n" + "".join(rows))


def measure(folder: Path, customers: int) -> Result:
    """Both kinds of waiting."""
    kinds = {"wait": PLAYBOOK, "wait_for": CHOOSY}
    return {name: waited(folder / name, customers, text) for name, text in kinds.items()}


def waited(folder: Path, people: int, playbook: str) -> Result:
    """The run that lets everybody in, one in which nobody is due, one in which a few order."""
    # In a process of its own: the memory of whoever makes the data would count as the program's.
    maker = Process(target=make, args=(folder, people, playbook))
    maker.start()
    maker.join()
    run = ("run", "playbook.yaml", "--json", "--at")
    entered = regulars(folder, *run, ENTERED)
    waiting = regulars(folder, *run, WAITING)
    order(folder, people)
    news = regulars(folder, *run, NEXT)
    counts = news.answer["journeys"]["cart"]
    return {
        "entering_seconds": entered.seconds,
        "waiting_seconds": waiting.seconds,
        "news_seconds": news.seconds,
        "peak_mb": waiting.peak_mb,
        "waiting": waiting.answer["journeys"]["cart"]["active"],
        "left": counts["exited"] + counts["completed"],
        "goals": news.answer["goals"]["cart"],
        "stages": waiting.answer["seconds"],
    }


def told(result: Result) -> str:
    return "\n".join(f"{name}\n{table(rows(kind))}" for name, kind in result.items())


def rows(result: Result) -> list[Row]:
    found: list[Row] = [
        ("customers who wait", f"{result['waiting']:,}", ""),
        ("a run with nobody due", f"{result['waiting_seconds']:.1f} s", f"≤ {LIMIT:.0f} s"),
        ("one in which a few order", f"{result['news_seconds']:.1f} s", ""),
        ("  who left and reached it", f"{result['left']:,}", f"{result['goals']:,}"),
        ("the run that let them in", f"{result['entering_seconds']:.1f} s", ""),
        ("peak memory", f"{result['peak_mb']:.0f} MB", ""),
    ]
    return found + stages(result["stages"])


if __name__ == "__main__":
    benchmark(__doc__, {"customers": 1_000_000}, measure, told)
