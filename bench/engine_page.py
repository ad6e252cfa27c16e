"""Write what bench/engine.py measured into docs/scale.md and engine.json.

    python bench/engine_page.py FILE...

FILES are what ``bench/engine.py --json`` wrote: on SQLite for at least two different numbers of
customers, and perhaps for one of them on servers.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import LINES, RUNS, usual
from pages import write_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine import Line

HERE = Path(__file__).parent
PAGE, DATA = HERE.parent / "docs" / "scale.md", HERE / "engine.json"
Result = dict[str, Any]

TITLE = "## A million customers on two cores"
HEAD = """{title}

The world of `bench/engine.py`: 20 events a customer over two years, few of them with many, in six
kinds; 30 traits, 20 segments, 10 journeys, a holdout of 5 % and caps. From CSV files into SQLite by
`regulars run`, as whole processes. Measured on {date} with two cores; each column is the
middle one of three times. `make bench` does it again.

"""
TAIL = """
The first run computes all traits, all segments and all entries to journeys. The next day brings
{new:,} new events for {customers:,} customers. `again` is the same instant without new data:
most of it is the start of the process.

The 20 segments alone, with the traits that they ask for, take {ours:.1f} s of a first run at
{customers:,} customers. One statement that a person wrote for them takes {plain:.1f} s over the
same store; in turns, ours takes {times:.2f} times that; 1.3 are asked. Where we lose: somebody
who knows how we keep events, and asks for each kind of them by itself, takes {by_kind:.1f} s, and
ours {by_kind_times:.1f} times that. Such a statement counts members and forgets them. Ours writes
down for each customer what their traits are, since when they stand in which segment, and when their
windows move. The next day lives on that.
"""


ON_SERVERS = """
The same on servers of this machine, with the settings that they come with. Their data lay in
memory, so no disk slowed them down; their own memory is not counted.

"""
SERVERS = {"postgresql": "PostgreSQL 18", "mariadb": "MariaDB"}


def _kept(result: Result) -> Result:
    """A result without what the runs told of customers."""
    kept = dict(result)
    for run in RUNS:
        told = result[run]["answer"]
        kept[run] = result[run] | {"answer": {name: told[name] for name in ("seconds", "ingested")}}
    return kept


def section(measured: dict[str, Any]) -> str:
    """The section of the page."""
    results = of_store(measured["results"], "sqlite")
    sizes = [f"{found['customers']:,}" for found in results]
    largest, before = results[-1], results[-2]
    lines = f"|---|---:|{'---:|' * len(sizes)}---:|\n"
    head = f"| customers | asked | {' | '.join(sizes)} | growth |\n{lines}"
    rows = "".join(_row(line, results, largest, before) for line in LINES)
    tail = TAIL.format(
        new=largest["next"]["answer"]["ingested"]["events"]["events"],
        customers=largest["customers"],
        ours=usual(largest, "ours"),
        plain=usual(largest, "plain"),
        times=usual(largest, "ours", "plain"),
        by_kind=usual(largest, "by_kind"),
        by_kind_times=usual(largest, "ours", "by_kind"),
    )
    day = date.fromisoformat(largest["date"])
    begin = HEAD.format(title=TITLE, date=f"{day.day} {day:%B %Y}")
    return begin + head + rows + tail + _on_servers(measured["results"])


def of_store(results: Sequence[Result], store: str) -> list[Result]:
    """Those of ``results`` that were measured on ``store``, by their numbers of customers."""
    mine = (found for found in results if found["store"] == store)
    return sorted(mine, key=lambda found: int(found["customers"]))


def _on_servers(results: Sequence[Result]) -> str:
    """A table of the same on other databases; nothing if it wasn't measured."""
    others = {store: of_store(results, store) for store in SERVERS}
    columns = {SERVERS[store]: found[0] for store, found in others.items() if found}
    if not columns:
        return ""
    size = next(iter(columns.values()))["customers"]
    ours = next(each for each in of_store(results, "sqlite") if each["customers"] == size)
    columns = {"SQLite": ours, **columns}
    head = f"| {size:,} customers | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}\n"
    rows = "".join(
        f"| {line.name} | {' | '.join(map(line.told, columns.values()))} |\n"
        for line in LINES
        if line.everywhere
    )
    return f"{ON_SERVERS}{head}{rows}"


def _row(line: Line, results: Sequence[Result], largest: Result, before: Result) -> str:
    figures = map(line.told, results)
    growth = f"{line.figure(largest) / line.figure(before):.1f}"
    return f"| {line.name} | {line.asked} | {' | '.join(figures)} | {growth} |\n"


def main() -> None:
    results = [_kept(json.loads(Path(name).read_text(encoding="utf-8"))) for name in sys.argv[1:]]
    if len(results) < 2:
        sys.exit("to see how it grows, name what was measured for two numbers of customers")
    measured = {"results": results}
    DATA.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    write_section(PAGE, section(measured))
    print(section(measured))


if __name__ == "__main__":
    main()
