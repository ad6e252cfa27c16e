"""Looking at those alone who have news finds what looking at everybody finds."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.runs.conftest import HEAD, Client

if TYPE_CHECKING:
    from pathlib import Path

CONDITIONS = [
    "{performed: order}",
    "{performed: order, at_least: 2}",
    "{performed: order, at_least: 2, within: 20h}",
    "{performed: order, at_most: 0, within: 20h}",
    "{performed: order, sum: total, at_least: 5}",
    "{performed: order, sum: total, at_least: 5, within: 20h}",
    "{performed: order, sum: total, less_than: 0}",
    "{performed: order, distinct: item, at_least: 2, within: 2d}",
    "{performed: order, average: total, between: [1, 2]}",
    "{performed: order, where: {item: {is: bun}}}",
    "{not_performed: order, within: 20h}",
    "{not_performed: order, within: 1d, where: {total: {less_than: 0}}}",
    "{all: [{performed: order}, {not_performed: order, within: 20h}]}",
    "{any: [{performed: order, at_least: 3}, {performed: order, where: {item: {is: bun}}}]}",
    "{none: [{performed: order, within: 20h}]}",
    "{all: [{performed: order}], none: [{performed: order, at_least: 2}]}",
    "{attribute: city, is: Rome}",
    "{segment: buyers}",
    "{all: [{performed: order}, {segment: buyers}]}",
    "{sample: 50%, seed: x}",
]
SOURCES = """\
  visits:
    use: csv
    path: visits.csv
    provides: events
    event: visit
    map: {customer: customer, time: time, id: id}
"""
REST = "segments: {buyers: {performed: order, at_least: 2, within: 1d}}\njourneys:\n"
PEOPLE = [f"u{n}" for n in range(12)]


def journeys(turn: int) -> str:
    """One journey for each condition and way of looking; ``turn`` words them differently."""
    word = ("all", "any")[turn % 2]
    text = REST
    for number, condition in enumerate(CONDITIONS):
        written = f"{{{word}: [{condition}]}}"
        text += (
            f"  j{number}:\n    when: {{event: visit}}\n    goal: {written}\n"
            f"    exit_when: {written}\n    steps: [{{wait: 30d}}]\n"
            f"  w{number}:\n    when: {{event: visit}}\n"
            f"    steps: [{{wait_for: {written}, at_most: 3d, then: [{{exit: met}}]}}]\n"
        )
    return text


def happened(chance: random.Random) -> list[list[tuple[int, str, str]]]:
    """The rows that arrive before each run: (hour, kind, row), some late and some dated ahead."""
    batches: list[list[tuple[int, str, str]]] = []
    for run in range(7):
        batch = []
        for number in range(6):
            hour = run * 12 + chance.randint(-20, 18)
            who, kind = (
                chance.choice(PEOPLE),
                "visit" if run < 3 else chance.choice(["order"] * 3 + ["visit"]),
            )
            time = f"2026-05-{4 + hour // 24:02}T{hour % 24:02}:{chance.randint(0, 59):02}:00"
            row = f"{who},{time},{run}-{number}"
            if kind == "order":
                row += f",{chance.choice(['bun', 'bread'])},{chance.choice([-3, 1, 2, 4])}"
            batch.append((hour, kind, row))
        batches.append(batch)
    return batches


def played(folder: Path, *, reworded: bool) -> list[Any]:
    """What each run did to journeys and goals."""
    folder.mkdir()
    client = Client(folder)
    client.people(
        *(f"{who},{who}@x.org,{'Rome' if n % 3 else 'Paris'},," for n, who in enumerate(PEOPLE))
    )
    rows: dict[str, list[str]] = {"visit": [], "order": []}
    head = HEAD.replace("channels:", SOURCES + "channels:")
    done = []
    for run, batch in enumerate(happened(random.Random(7))):
        for _, kind, row in batch:
            rows[kind].append(row)
        client.orders(*rows["order"])
        visits = "\n".join(["customer,time,id", *rows["visit"]]) + "\n"
        (folder / "visits.csv").write_text(visits, encoding="utf-8")
        client.write(journeys(run if reworded else 0), head)
        report = client.run(f"2026-05-{4 + run // 2:02}T{run % 2 * 12:02}:00Z")
        done.append((report["journeys"], report["goals"]))
    return done


def test_whom_time_and_news_leave_as_they_are_need_not_be_looked_at(tmp_path: Path) -> None:
    watched = played(tmp_path / "watched", reworded=False)
    assert watched == played(tmp_path / "reworded", reworded=True)
    exits = {name for run, _ in watched for name, count in run.items() if count["exited"]}
    assert len(exits) > len(CONDITIONS)
