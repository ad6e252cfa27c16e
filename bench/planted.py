"""Measure what the Corner Bakery's experiments find of what was planted.

    python bench/planted.py [--seeds N] [--customers N] [--processes N]

Each seed is a town of its own, played through March 2026: the playbook of examples/corner-bakery
runs whole, its messages go to the outbox, and play_on.py lets those who read them order more, less
or as ever. What the experiments then say is counted: into planted.json beside this file, and as a
table into docs/experiments.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pages import write_section
from regulars import load_playbook, run
from regulars.runs.experimenting import standing
from regulars_models.bayes_ab.decision import Plan
from regulars_models.bayes_ab.power import smallest_lift
from regulars_models.bayes_ab.settings import BayesAB

ROOT = Path(__file__).parents[1]
BAKERY = ROOT / "examples" / "corner-bakery"
DATA = Path(__file__).with_suffix(".json")
PAGE = ROOT / "docs" / "experiments.md"
TITLE = "## What it finds"

sys.path.insert(0, str(BAKERY))

import play_on  # noqa: E402 (it lies beside the playbook)
import simulate  # noqa: E402

SEEDS, CUSTOMERS = 200, 1_500
RUNS = [date(2026, 3, day) for day in (2, 5, 12, 30)]  # the days on which they are exposed, the end
NOTHING = "oven_words"
ARMS = {  # the arm that is tried, and what was planted for it
    "winback_offer": ("coffee", "a winner: those who stopped coming come 1.8 times as often"),
    NOTHING: ("points", "nothing"),
    "weekend_tone": ("hurry", "a loser: orders 0.7 times as often"),
    "late_opening": ("evenings", "near the Pearl orders 2.4 times as often, elsewhere nothing"),
}
# The owner agrees to everything: what waits for somebody would only come later. In each town others
# are given an arm.
EDITION = {
    "extends": "base.yaml",
    "messages": {name: {"approve": False} for name in ("we_miss_you", "coffee_on_us")},
}


def play(folder: Path, seed: int, customers: int) -> dict[str, Any]:
    """One town's March: what each experiment says on the 30th."""
    shutil.copytree(BAKERY / "templates", folder / "templates")
    shutil.copy(BAKERY / "playbook.yaml", folder / "base.yaml")
    seeds = {"experiments": {name: {"seed": f"{name} {seed}"} for name in ARMS}}
    (folder / "playbook.yaml").write_text(json.dumps(EDITION | seeds), encoding="utf-8")
    simulate.simulate(folder / "data", seed, customers)
    town = play_on.Town(folder, seed, customers)
    loaded = load_playbook(folder / "playbook.yaml")
    for day in RUNS:
        town.play_until(day)
        run(loaded, datetime(day.year, day.month, day.day, 17, 30, tzinfo=UTC))
    return {name: read(standing(loaded, name).as_json(), name) for name in ARMS}


def read(said: dict[str, Any], name: str) -> dict[str, Any]:
    """What is counted of one experiment: its first goal decides."""
    arm, goal = ARMS[name][0], next(iter(said["data"]["goals"].values()))
    control = next(iter(goal["arms"]))
    return {
        "verdict": said["verdict"],
        "arm": said["arm"],
        "units": [goal["arms"][each]["units"] for each in (control, arm)],
        "values": [goal["arms"][each]["value"] for each in (control, arm)],
        "can_find": goal["arms"][arm]["smallest_lift"],
        "segments": {
            each["segment"]: [each["n"], each["mean"], each["low"], each["high"]]
            for each in said["data"]["segments"]
        },
    }


def played(seed: int, customers: int) -> dict[str, Any]:
    """``play`` in a folder of its own, in silence."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Path(os.devnull).open("w") as silence,
        redirect_stdout(silence),
        redirect_stderr(silence),
    ):
        return play(Path(folder), seed, customers)


def true_lift(readings: list[dict[str, Any]]) -> float:
    """What the effect comes to in the goal, over all plays together: almost without chance."""
    units, values = (np.array([each[what] for each in readings]) for what in ("units", "values"))
    control, arm = (units * values).sum(axis=0) / units.sum(axis=0)
    return float(arm / control - 1)


def announced(can_find: list[float], lift: float, plan: Plan) -> float:
    """The share of plays that should find ``lift``, by what each play says that it ``can_find``."""
    powers = np.linspace(plan.alpha / 2 + 0.001, 0.9995, 200)
    drifts = [np.log1p(smallest_lift(1.0, plan, power=float(power))) for power in powers]
    sd = np.log1p(can_find) / np.log1p(smallest_lift(1.0, plan))
    return float(np.interp(abs(np.log1p(lift)) / sd, drifts, powers).mean())


def counted(name: str, readings: list[dict[str, Any]], plan: Plan) -> dict[str, Any]:
    """What all plays together say of one experiment; rates are shares of the plays."""
    arm, planted = ARMS[name]
    lift = true_lift(readings)
    winners = [each["arm"] for each in readings]
    can_find = [each["can_find"] for each in readings]
    intervals = {
        segment: np.array([each["segments"][segment][2:] for each in readings])
        for segment in readings[0]["segments"]
    }
    return {
        "arm": arm,
        "planted": planted,
        "customers": float(np.mean([sum(each["units"]) for each in readings])),
        "lift": lift,
        "can_find": float(np.median(can_find)),
        "announced": announced(can_find, lift, plan),
        "wins": winners.count(arm) / len(winners),
        "loses": sum(each not in (None, arm) for each in winners) / len(winners),
        "segments": {
            segment: {
                "customers": float(np.mean([each["segments"][segment][0] for each in readings])),
                "better": float((ends[:, 0] > 0).mean()),
                "worse": float((ends[:, 1] < 0).mean()),
            }
            for segment, ends in intervals.items()
        },
    }


def measure(seeds: int, customers: int, processes: int) -> dict[str, Any]:
    with ProcessPoolExecutor(processes) as pool:
        plays = list(pool.map(played, range(1, seeds + 1), [customers] * seeds))
    loaded = load_playbook(BAKERY / "playbook.yaml")
    found = {}
    for name in ARMS:
        decide = loaded.playbook.experiments[name].decide
        assert decide is not None
        _, config = decide.configured(loaded.plugins.analyses)
        assert isinstance(config, BayesAB)
        plan = Plan(config.days, config.looks, config.alpha.share)
        found[name] = counted(name, [each[name] for each in plays], plan)
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "seeds": seeds,
        "customers": customers,
        "experiments": found,
    }


def section(measured: dict[str, Any]) -> str:
    """The part of docs/experiments.md that the numbers make."""
    rows = [
        f"| `{name}` | {row['planted']} | {row['customers']:,.0f} | {row['lift']:+.0%} "
        f"| {row['can_find']:+.0%} | {'' if name == NOTHING else format(row['announced'], '.0%')} "
        f"| **{row['wins']:.1%}** | **{row['loses']:.1%}** |"
        for name, row in measured["experiments"].items()
    ]
    top = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    segments = measured["experiments"]["late_opening"]["segments"]
    error = 3 * (0.05 * 0.95 / measured["seeds"]) ** 0.5
    near, far = segments["neighbours"], segments["farther_away"]
    words = {**measured, "error": error, "near": near, "far": far}
    return HEAD.format(**words) + "\n".join(top + rows) + "\n" + TAIL.format(**words)


COLUMNS = (
    "experiment",
    "planted",
    "customers",
    "lift of the goal",
    "can find",
    "so it should be found",
    "the arm wins",
    "it loses",
)
HEAD = (
    TITLE
    + """

The Corner Bakery of the examples, as a town of {customers:,} customers, was played through March
2026 with {seeds} seeds (`make bench`, `bench/planted.py`, measured on {measured}). The whole
playbook runs on the 2nd, 5th, 12th and 30th: messages are written, customers read them and order,
and the orders come back in files. How much a message changes was planted in `play_on.py`, and the
playbook's experiments had to find it.

"""
)
TAIL = """
- *Lift of the goal*: what the planted effect comes to, over all plays together.
- *Can find*: the lift that a play says its data find 4 times out of 5, the median of all plays. By
  it each play also says how often an effect as large as the true one *should be found*.
- *The arm wins*, *it loses*: how often it is called the winner, or control is. Where nothing is
  planted both are errors, which are to be 5% together; with so many plays, chance alone can move
  that by {error:.1%}.

Longer hours bring only those who live near. Of everybody they are hardly an eighth, so for the
whole town there is mostly no answer. `by: [neighbours, farther_away]` shows where to look, though
neighbours are only {near[customers]:.0f} people: {near[better]:.0%} of the plays are 95% sure that
they come more often. Of the {far[customers]:.0f} others {far[better]:.1%} say so, by mistake.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    measured = measure(given.seeds, given.customers, given.processes)
    DATA.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    write_section(PAGE, section(measured))
    print(section(measured))


if __name__ == "__main__":
    main()
