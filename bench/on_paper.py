"""Reckon from what was measured what a very large client needs; prints tables in Markdown.

    python bench/on_paper.py [--engine FILE] [--delivery FILE] [--peers FILE]
        [--customers N] [--messages N] [--shard N] [--window HOURS] …

Reads what bench/engine_page.py wrote, and bench/delivery.py and bench/peers.py with --json.
Customers are divided into shards with a store each; what a shard takes is the largest size that was
measured, scaled by the growth between the smallest and the largest (at least linear but for memory,
so that what is fixed flatters nobody). What nobody measured is an assumption with an option to
change it.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import LOADING, stages_of
from engine_page import of_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Result = dict[str, Any]
BUILD = Path(__file__).parent.parent / "build"
HOUR = 3_600
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Assumed:
    """What nobody measured here. Prices are anybody's; write your own."""

    customers: float = 100e6
    messages: float = 10e6  # a day
    shard: float = 1e6  # customers with a store of their own
    cores: float = 2  # of the machine that was measured, all counted while a run lasts
    window: float = 4  # hours in which a day's work should be done
    kept: float = 365  # days of messages in the store
    core_hour: float = 0.05  # the price of a core for an hour
    gigabyte_month: float = 0.10  # the price of a gigabyte of disk for a month


@dataclass(frozen=True)
class Figure:
    """One measure of the engine: at the largest size, how it grew, and for one shard."""

    name: str
    unit: str
    largest: float
    exponent: float
    shard: float


@dataclass(frozen=True)
class Step:
    """One line of the reckoning."""

    what: str
    how: str
    result: str


MEASURES: dict[str, tuple[str, Callable[[Result], float]]] = {
    "load": ("s", lambda engine: stages_of(engine["first"], LOADING)),
    "first": ("s", lambda engine: engine["first"]["seconds"] - stages_of(engine["first"], LOADING)),
    "day": ("s", lambda engine: engine["next"]["seconds"]),
    "memory": ("MB", lambda engine: max(engine[run]["peak_mb"] for run in ("first", "next"))),
    "store": ("GB", lambda engine: engine["store_bytes"] / 1e9),
}
NAMES = {
    "load": "load its history",
    "first": "the first run without loading",
    "day": "a day's run: new events, traits, segments, journeys",
    "memory": "peak memory",
    "store": "the store without messages",
}


def figures(engines: Sequence[Result], assumed: Assumed) -> dict[str, Figure]:
    """What a shard takes, by what the smallest and the largest of ``engines`` took."""
    smallest, largest = engines[0], engines[-1]
    sizes = math.log(largest["customers"] / smallest["customers"])
    found = {}
    for name, (unit, measure) in MEASURES.items():
        small, large = measure(smallest), measure(largest)
        least = 0.0 if name == "memory" else 1.0
        exponent = max(least, math.log(large / small) / sizes) if sizes else 1.0
        shard = large * (assumed.shard / largest["customers"]) ** exponent
        found[name] = Figure(name, unit, large, exponent, shard)
    return found


@dataclass(frozen=True)
class Need:
    """What all shards take together; times in seconds, sizes in GB."""

    shards: int
    once: float
    sending: float  # of a shard, a day
    shard_day: float
    day: float
    machines: int
    ledger: float
    disk: float
    core_hours: float  # a day
    price: float  # a month


def needs(found: dict[str, Figure], rate: float, row: float, assumed: Assumed) -> Need:
    """``rate`` is messages a second, ``row`` the bytes that one message leaves in the store."""
    shards = math.ceil(assumed.customers / assumed.shard)
    sending = assumed.messages / shards / rate
    day = shards * (found["day"].shard + sending)
    ledger = assumed.messages * assumed.kept * row / 1e9
    disk = shards * found["store"].shard + ledger
    core_hours = day * assumed.cores / HOUR
    return Need(
        shards=shards,
        once=shards * (found["load"].shard + found["first"].shard),
        sending=sending,
        shard_day=found["day"].shard + sending,
        day=day,
        machines=math.ceil(day / (assumed.window * HOUR)),
        ledger=ledger,
        disk=disk,
        core_hours=core_hours,
        price=core_hours * 30 * assumed.core_hour + disk * assumed.gigabyte_month,
    )


def steps(
    need: Need, found: dict[str, Figure], rate: float, row: float, assumed: Assumed
) -> list[Step]:
    """How each of what is needed comes about."""
    shards, day = f"{need.shards:,}", _time(need.day)
    load, first = found["load"].shard, found["first"].shard
    at_rest = f"{need.disk:,.0f} {TIMES} {assumed.gigabyte_month:g}"
    at_work = f"{need.core_hours:,.1f} {TIMES} 30 {TIMES} {assumed.core_hour:g}"
    return [
        Step("shards", f"{assumed.customers:,.0f} ÷ {assumed.shard:,.0f}", shards),
        Step(
            "to begin, once, on one machine",
            f"{shards} {TIMES} ({load:,.0f} + {first:,.0f} s)",
            _time(need.once),
        ),
        Step(
            "messages of a shard, a day",
            f"{assumed.messages:,.0f} ÷ {shards} ÷ {rate:,.0f} a second",
            f"{need.sending:,.0f} s",
        ),
        Step(
            "a day on one machine",
            f"{shards} {TIMES} ({found['day'].shard:,.0f} + {need.sending:,.0f} s)",
            day,
        ),
        Step("machines", f"{day} within {assumed.window:g} h", f"{need.machines:,}"),
        Step("the day on them", f"{day} ÷ {need.machines}", _time(need.day / need.machines)),
        Step("memory of each", "one shard at a time", f"{found['memory'].shard:,.0f} MB"),
        Step(
            "messages in the store",
            f"{assumed.messages:,.0f} {TIMES} {assumed.kept:g} days {TIMES} {row:,.0f} bytes",
            f"{need.ledger:,.0f} GB",
        ),
        Step(
            "disk, all together",
            f"{shards} {TIMES} {found['store'].shard:,.1f} + {need.ledger:,.0f} GB",
            f"{need.disk:,.0f} GB",
        ),
        Step("core-hours a day", f"{day} {TIMES} {assumed.cores:g}", f"{need.core_hours:,.1f}"),
        Step("cost a month, without sending", f"{at_work} + {at_rest}", f"{need.price:,.0f}"),
    ]


def _time(seconds: float) -> str:
    return f"{seconds / HOUR:,.1f} h" if seconds >= HOUR else f"{seconds / 60:,.0f} min"


def told(
    found: dict[str, Figure], reckoning: Sequence[Step], largest: Result, assumed: Assumed
) -> str:
    measured = f"{largest['customers']:,} customers"
    lines = [f"| a shard | measured at {measured} | grows by | at {assumed.shard:,.0f} |"]
    lines.append("|---|---:|---:|---:|")
    for each in found.values():
        at = f"{each.largest:,.2f} {each.unit}"
        lines.append(
            f"| {NAMES[each.name]} | {at} | n^{each.exponent:.2f} | {each.shard:,.2f} {each.unit} |"
        )
    lines += ["", f"| {assumed.customers:,.0f} customers | how | |", "|---|---|---:|"]
    lines += [f"| {step.what} | {step.how} | {step.result} |" for step in reckoning]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--engine", type=Path, default=Path(__file__).parent / "engine.json")
    parser.add_argument("--delivery", type=Path, default=BUILD / "delivery.json")
    parser.add_argument("--peers", type=Path, default=BUILD / "peers.json")
    for each in fields(Assumed):
        option = f"--{each.name.replace('_', '-')}"
        parser.add_argument(option, type=float, default=each.default)
    given = vars(parser.parse_args())
    assumed = Assumed(**{each.name: given[each.name] for each in fields(Assumed)})
    engines = of_store(_read(given["engine"])["results"], "sqlite")
    found, sent = figures(engines, assumed), _read(given["delivery"])
    rate: float = sent["sink" if "sink" in sent else "null"]["per_second"]
    row: float = _read(given["peers"])["drip"]["regulars"]["bytes_each"]
    need = needs(found, rate, row, assumed)
    print(told(found, steps(need, found, rate, row, assumed), engines[-1], assumed))


def _read(path: Path) -> Result:
    found: Result = json.loads(path.read_text())
    return found


if __name__ == "__main__":
    main()
