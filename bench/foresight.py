"""Measure what rhythm and churn foresee of made-up shops.

    python bench/foresight.py [--seeds N] [--processes N]

Habits and leaving are planted by a seed: customers with a weekday of their own and others, who stop
one day, the sooner the more they complained; subscribers who cancel, the sooner the less they use.
The models know what had happened by a day, and are held against what came after, beside what
anybody could have said. The numbers go to bench/foresight.json and, as tables, to
docs/predictions.md.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from pages import write_section
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents, ModelKind
from regulars_models.churn.kind import CHURN
from regulars_models.rhythm.kind import RHYTHM
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Traits = Callable[[Mapping[str, ModelEvents], int], dict[str, Floats]]

SEEDS, CUSTOMERS = 50, 600
DAYS, AHEAD = 540, 120  # of history, and of what comes after
SILENT = 60  # days without an order: gone
ZONE = ZoneInfo("UTC")
START = 19_723  # days since 1970: 2024-01-01, a Monday
DATA = Path(__file__).parent / "foresight.json"
PAGE = Path(__file__).parents[1] / "docs" / "predictions.md"
TITLE = "## What rhythm and churn foresee"


@dataclass(frozen=True)
class World:
    """Events of so many ``people``, also those to come, and their traits by events and instant."""

    people: int
    events: Mapping[str, ModelEvents]
    traits: Traits = lambda _events, _now: {}

    def at(self, now: int) -> ModelData:
        events = {name: events.until(now) for name, events in self.events.items()}
        nowhere = np.full(self.people, None, dtype=object)
        traits = self.traits(events, now)
        everyone = np.arange(self.people)
        return ModelData(now, ZONE, everyone, events, traits, {"timezone": nowhere})

    def scores(self, kind: ModelKind, settings: dict[str, Any], now: int) -> Mapping[str, Any]:
        """What the model says at ``now`` by what had happened until then."""
        config = kind.config(**settings)
        data = self.at(now)
        earlier = [self.at(now - before) for before in kind.reads(config).cutoffs]
        learned = kind.fit(config, replace(data, earlier=earlier), 0)
        assert isinstance(learned, Fitted), learned
        return kind.score(config, learned, data)


# ------------------------------------------------------------------ what is planted


def shop(seed: int, people: int = CUSTOMERS) -> World:
    """Two of three customers come on a weekday of their own, every week or two or four.

    They leave out one visit of eight, and come a day or two off once in six. The others come when
    they like. Who complains more stops sooner.
    """
    chance = np.random.default_rng(seed)
    orders: list[tuple[int, float]] = []
    complaints: list[tuple[int, float]] = []
    first = chance.integers(0, DAYS - 90, people)
    upset = chance.normal(size=people)
    stay = chance.exponential(300 * np.exp(-0.8 * upset))
    for row in range(people):
        last = min(first[row] + 20 + stay[row], DAYS + AHEAD)
        visits = (
            _habit(chance, int(first[row]))
            if chance.random() < 2 / 3
            else _mood(chance, first[row])
        )
        orders += [(row, at) for at in visits if at < last]
        count = chance.poisson(0.012 * np.exp(0.9 * upset[row]) * (last - first[row]))
        complaints += [(row, at) for at in chance.uniform(first[row], last, count)]
    return World(people, {"order": _events(orders), "complaint": _events(complaints)}, _complained)


def _habit(chance: np.random.Generator, first: int) -> Floats:
    weeks, hour = chance.choice([1, 2, 4], p=[0.5, 0.3, 0.2]), chance.integers(7, 19)
    days = np.arange(first, DAYS + AHEAD, 7 * weeks)
    days = days[chance.random(len(days)) > 1 / 8]
    off = np.where(chance.random(len(days)) < 1 / 6, chance.integers(-2, 3, len(days)), 0)
    return np.sort(days + off + (hour + chance.random(len(days))) / 24)


def _mood(chance: np.random.Generator, first: float) -> Floats:
    usual, spread = np.exp(chance.normal(np.log(14), 0.6)), chance.uniform(0.2, 0.6)
    gaps = usual * np.exp(spread * chance.normal(size=400))
    visits = first + 0.5 + np.cumsum(gaps)
    return np.asarray(visits[visits < DAYS + AHEAD])


def _complained(events: Mapping[str, ModelEvents], now: int) -> dict[str, Floats]:
    known = events["complaint"].between(now - 90 * DAY, now)
    return {"complaints": np.bincount(known.customer, minlength=CUSTOMERS).astype(float)}


def subscriptions(seed: int, people: int = CUSTOMERS) -> World:
    """How much a subscriber uses drifts from month to month; who uses little cancels sooner."""
    chance = np.random.default_rng(seed)
    first = chance.integers(0, DAYS - 60, people).astype(float)
    level, runs = chance.normal(size=people), np.ones(people, np.bool_)
    ends: list[tuple[int, float]] = []
    visits: list[tuple[int, float]] = []
    for month in range((DAYS + AHEAD) // 30):
        level = 0.8 * level + 0.6 * chance.normal(size=people)
        begin = first + 30 * month
        count = chance.poisson(6 * np.exp(0.6 * level)) * runs
        rows = np.repeat(np.arange(people), count)
        visits += zip(rows.tolist(), begin[rows] + 30 * chance.random(len(rows)), strict=True)
        risk = 0.12 * np.exp(-0.9 * level) / (1 + month / 4)
        leave = runs & (chance.random(people) < 1 - np.exp(-risk))
        ends += [
            (row, begin[row] + 30 + 30 * chance.random()) for row in np.flatnonzero(leave).tolist()
        ]
        runs &= ~leave
    starts = list(enumerate(first.tolist()))
    events = {"start": _events(starts), "end": _events(ends), "visit": _events(visits)}
    return World(people, events, _used)


def _used(events: Mapping[str, ModelEvents], now: int) -> dict[str, Floats]:
    known = events["visit"].between(now - 30 * DAY, now)
    return {"visits_30d": np.bincount(known.customer, minlength=CUSTOMERS).astype(float)}


def _events(happened: list[tuple[int, float]]) -> ModelEvents:
    rows = np.array(sorted(happened), np.float64).reshape(-1, 2)
    at = ((START + rows[:, 1]) * DAY).astype(np.int64)
    return ModelEvents(rows[:, 0].astype(np.int64), at, np.ones(len(rows), np.int64))


# ------------------------------------------------------------------ what is measured


def days_right(world: World, now: int) -> dict[str, float]:
    """The share of next visits that were foreseen within a day, of those who came once more."""
    said = world.scores(RHYTHM, {"event": "order"}, now)["next_order"]
    orders = world.events["order"]
    later = orders.between(now, now + AHEAD * DAY)
    came = np.full(world.people, -1)
    came[later.customer[::-1]] = later.at[::-1] // DAY
    before = orders.until(now)
    known = np.unique(before.customer * 100_000 + before.at // DAY)
    whose, day = known // 100_000, known % 100_000
    own = np.diff(whose) == 0
    gaps = np.diff(day)[own]
    last, gap = np.zeros(world.people, np.int64), np.ones(world.people, np.int64)
    last[whose], gap[whose[1:][own]] = day, gaps
    rows = np.flatnonzero((came >= 0) & np.isfinite(said))
    answers = {
        "purchase-rhythm": (said[rows] // DAY).astype(np.int64),
        "the shop's mean gap": _ahead(last[rows], round(float(gaps.mean())), now // DAY),
        "the last gap again": _ahead(last[rows], gap[rows], now // DAY),
        "the same weekday next week": _ahead(last[rows], 7, now // DAY),
    }
    return {name: float((np.abs(day - came[rows]) <= 1).mean()) for name, day in answers.items()}


def _ahead(last: Whole, gap: Whole | int, today: int) -> Whole:
    """After ``last`` by as many gaps as lead to today or later: a guess may not lie in the past."""
    return np.asarray(last + gap * np.maximum(1, -(-(today - last) // gap)))


def shop_areas(world: World, now: int) -> dict[str, float]:
    """The AUC of who doesn't order for so long, among those who did lately."""
    settings = {"event": "order", "silent": f"{SILENT}d", "traits": ["complaints"]}
    risk = world.scores(CHURN, settings, now)["risk"]
    orders = world.events["order"].until(now)
    last, count = np.full(world.people, 0), np.bincount(orders.customer, minlength=world.people)
    last[orders.customer] = orders.at
    gone = np.ones(world.people, np.bool_)
    gone[world.events["order"].between(now, now + SILENT * DAY).customer] = False
    rows = np.isfinite(risk)
    return {
        "churn": area(risk[rows], gone[rows]),
        "recency alone": area(-last[rows], gone[rows]),
        "frequency alone": area(-count[rows], gone[rows]),
        "complaints alone": area(world.at(now).traits["complaints"][rows], gone[rows]),
    }


def subscription_areas(world: World, now: int) -> dict[str, float]:
    """The AUC of who cancels within 30 days, among those who subscribe."""
    settings = {"starts": "start", "ends": "end", "traits": ["visits_30d"]}
    risk = world.scores(CHURN, settings, now)["risk"]
    gone = np.zeros(world.people, np.bool_)
    gone[world.events["end"].between(now, now + 30 * DAY).customer] = True
    start = world.events["start"].at
    rows = np.isfinite(risk)
    return {
        "churn": area(risk[rows], gone[rows]),
        "the newest first": area(start[rows], gone[rows]),
        "least use first": area(-world.at(now).traits["visits_30d"][rows], gone[rows]),
    }


def area(score: NDArray[Any], gone: NDArray[np.bool_]) -> float:
    """The chance that of one who is gone and one who isn't the first scores higher; ties half."""
    yes, no = int(gone.sum()), int((~gone).sum())
    return float((rankdata(score)[gone].sum() - yes * (yes + 1) / 2) / yes / no)


def played(seed: int) -> dict[str, dict[str, float]]:
    """Everything that is measured with one seed."""
    made, now = shop(seed), (START + DAYS) * DAY + 12 * DAY // 24
    return {
        "rhythm": days_right(made, now),
        "shop": shop_areas(made, now),
        "subscriptions": subscription_areas(subscriptions(seed), now),
    }


def measure(seeds: int, processes: int = 1) -> dict[str, Any]:
    with ProcessPoolExecutor(processes) as pool:
        plays = list(pool.map(played, range(1, seeds + 1)))
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "seeds": seeds,
        "customers": CUSTOMERS,
    } | {part: _summary([play[part] for play in plays]) for part in plays[0]}


def _summary(plays: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """The mean of each over all plays with its 95 % interval, and how often the model is above."""
    model, *_ = plays[0]
    found = {}
    for name in plays[0]:
        values = np.array([play[name] for play in plays])
        error = 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0
        mean = float(values.mean())
        found[name] = {"mean": mean, "low": mean - error, "high": mean + error}
        if name != model:
            found[name]["beaten"] = float(np.mean([play[model] > play[name] for play in plays]))
    return found


# ------------------------------------------------------------------ what is told


PARTS = {
    "rhythm": ("Next visits foreseen within a day", "share"),
    "shop": ("Who orders no more for 60 days", "AUC"),
    "subscriptions": ("Who cancels within 30 days", "AUC"),
}


def section(measured: dict[str, Any]) -> str:
    """The part of docs/predictions.md that the numbers make."""
    tables = [_table(title, unit, measured[part]) for part, (title, unit) in PARTS.items()]
    return HEAD.format(**measured) + "\n\n".join(tables) + "\n"


def _table(title: str, unit: str, found: dict[str, dict[str, float]]) -> str:
    rows = [f"| {title} | {unit} | 95% interval | beaten in |", "|---|---|---|---|"]
    for name, value in found.items():
        beaten = f"{value['beaten']:.0%} of the shops" if "beaten" in value else ""
        mean = f"**{value['mean']:.3f}**" if not beaten else f"{value['mean']:.3f}"
        rows.append(f"| {name} | {mean} | {value['low']:.3f} to {value['high']:.3f} | {beaten} |")
    return "\n".join(rows)


HEAD = (
    TITLE
    + """

In made-up shops of {customers} customers each habits and leaving were planted, with {seeds} seeds
(`bench/foresight.py`, measured on {measured}). Two of three customers have a weekday of their own,
but leave out a visit or come a day off now and then; the others come when they like. Who complains
more stops sooner; who uses a subscription less cancels sooner. The models knew 18 months, and were
held against what came next, beside what anybody could have said.

"""
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    measured = measure(given.seeds, given.processes)
    DATA.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    write_section(PAGE, section(measured))
    print(section(measured))


if __name__ == "__main__":
    main()
