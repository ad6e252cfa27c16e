"""Measure what looking early costs: ``python bench/peeking.py [--runs N] [--processes N]``.

Whole experiments are drawn by a seed, two arms that are looked at on 28 days, and each rule of
``regulars_models.bayes_ab.rules`` stops them or not. The rates go to the plugin's ``peeking.json``,
which ``regulars ab --plan`` prints, and as a table to docs/experiments.md.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pages import write_section
from regulars_models import bayes_ab
from regulars_models.bayes_ab.decision import Plan
from regulars_models.bayes_ab.effects import conversion
from regulars_models.bayes_ab.rules import Rule, rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED = 28
DAYS, PER_DAY, BASE, SPREAD = 28, 500, 0.05, 0.05
DATA = Path(bayes_ab.__path__[0]) / "peeking.json"
PAGE = Path(__file__).parents[1] / "docs" / "experiments.md"
TITLE = "## What looking early costs"


@dataclass(frozen=True)
class Case:
    """``lift`` is the true log ratio, None for one drawn from N(0, ``SPREAD``) each time."""

    lift: float | None = 0.0
    per_day: int = PER_DAY


CASES = {
    "nothing": Case(),
    "nothing_small": Case(per_day=20),
    "nothing_large": Case(per_day=10_000),
    "tenth": Case(float(np.log(1.1))),
    "fifth": Case(float(np.log(1.2))),
    "usual": Case(None),
}


def draw(case: Case, runs: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """The true lifts, and by run and day the log ratio and its variance of all data so far."""
    chance = np.random.default_rng(seed)
    lift = chance.normal(0, SPREAD, runs) if case.lift is None else np.full(runs, case.lift)
    rates = np.stack([np.full(runs, BASE), BASE * np.exp(lift)])
    daily = chance.binomial(case.per_day, rates[:, :, None], (2, runs, DAYS))
    units = case.per_day * np.arange(1, DAYS + 1)
    effects = conversion(("control", "other"), daily.cumsum(axis=2), units)
    return lift, effects.y[1] - effects.y[0], effects.v[1] + effects.v[0]


def stopped(rule: Rule, y: Floats, v: Floats) -> tuple[Floats, Floats]:
    """For each run the direction in which the rule decided, 0 if it never did, and on which day."""
    crossed = np.abs(y) >= rule.limits(v) * np.sqrt(v)
    decided, first = crossed.any(axis=1), crossed.argmax(axis=1)
    direction = np.sign(y[np.arange(len(y)), first]) * decided
    return direction, np.where(decided, first + 1.0, DAYS)


def rates(rule: Rule, runs: int) -> dict[str, float]:
    """What is measured of one rule: shares of ``runs``, and days until it stopped on average."""
    seen = {}
    for number, (name, case) in enumerate(CASES.items()):
        lift, y, v = draw(case, runs, SEED + number)
        direction, day = stopped(rule, y, v)
        if name.startswith("nothing"):
            seen[name] = float((direction != 0).mean())
        elif name == "usual":
            right = (np.sign(lift) == direction)[direction != 0]
            seen["decided"], seen["right"] = float((direction != 0).mean()), float(right.mean())
        else:
            seen[name] = float((direction > 0).mean())
            seen[f"{name}_days"] = float(day.mean())
    return seen


def measure(runs: int, processes: int = 1) -> dict[str, Any]:
    offered = rules(Plan(horizon=DAYS))
    with ProcessPoolExecutor(processes) as pool:
        measured = list(pool.map(rates, offered, [runs] * len(offered)))
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "runs": runs,
        "days": DAYS,
        "per_day": PER_DAY,
        "base": BASE,
        "rules": {
            rule.id: {"title": rule.title, "safe": rule.safe, **seen}
            for rule, seen in zip(offered, measured, strict=True)
        },
    }


def section(measured: dict[str, Any]) -> str:
    """The part of docs/experiments.md that the numbers make."""
    rows = [
        f"| {row['title']} | {'yes' if row['safe'] else 'no'} | {row['nothing_small']:.1%} "
        f"| **{row['nothing']:.1%}** | {row['nothing_large']:.1%} | {row['tenth']:.0%} "
        f"| {row['fifth']:.0%} | {row['fifth_days']:.0f} | {row['right']:.2f} |"
        for row in measured["rules"].values()
    ]
    error = 3 * (0.05 * 0.95 / measured["runs"]) ** 0.5
    top = ["| " + " | ".join(COLUMNS).format(**measured) + " |", "|---" * len(COLUMNS) + "|"]
    table = "\n".join(top + rows)
    return f"{HEAD.format(**measured, error=error)}{table}\n{TAIL.format(**measured)}"


COLUMNS = (
    "rule",
    "safe",
    "same arms, 20 a day",
    "same arms, {per_day} a day",
    "same arms, 10,000 a day",
    "+10% found",
    "+20% found",
    "days until it stops at +20%",
    "right when it decides",
)
HEAD = (
    TITLE
    + """

Who looks every day and stops as soon as the numbers look good finds a winner where there is none.
Here is how often, measured on {measured} with {runs:,} experiments a cell (`make bench`,
`bench/peeking.py`): two arms, {days} days, {per_day} customers an arm a day, of whom {base:.0%}
order. Where both arms are the same, an error of 5% is what was agreed on; chance alone can move
that number by {error:.1%} either way.

"""
)
TAIL = """
- *Same arms*: how often a winner is called although both arms are the same, by the traffic.
- *Found*: how often the better arm is called the winner within the {days} days.
- *Right when it decides*: the share of winners that are better indeed, where the true effects are
  drawn from N(0, 5%), as small as most are in practice.

The default is the first row. Its looks are fixed before the start, so it can be read daily: between
looks its last answer stands. The second row is the flag that is printed beside it. It holds
however often one looks, and pays for that with time. The fixed horizon is safe for those who look
once. A lift prior tames daily looks while data are few, but with more traffic the error comes back,
so the prior goes into what is said of each arm and not into when to stop.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    measured = measure(given.runs, given.processes)
    DATA.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    write_section(PAGE, section(measured))
    print(section(measured))


if __name__ == "__main__":
    main()
