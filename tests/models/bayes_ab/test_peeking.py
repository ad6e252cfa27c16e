"""The gate: a rule that is called safe calls a winner by mistake as seldom as it promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from regulars_models.bayes_ab.decision import Look, Plan, decide
from regulars_models.bayes_ab.effects import Effects
from regulars_models.bayes_ab.rules import peeking, rules

from tests.benches import benchmark

ROOT = Path(__file__).parents[3]
PLAN = Plan()
RUNS = 1200
MOST = 0.05 + 3 * np.sqrt(0.05 * 0.95 / RUNS)


@pytest.fixture(scope="module")
def bench() -> Any:
    return benchmark("peeking")


SAFE = [rule for rule in rules(PLAN) if rule.safe]


@pytest.mark.parametrize("case", ["nothing_small", "nothing", "nothing_large"])
@pytest.mark.parametrize("rule", SAFE, ids=lambda rule: rule.id)
def test_a_safe_rule_keeps_its_promise_under_28_daily_looks(
    bench: Any, rule: Any, case: str
) -> None:
    _, y, v = bench.draw(bench.CASES[case], RUNS, 7)

    direction, _ = bench.stopped(rule, y, v)

    assert (direction != 0).mean() <= MOST


def test_looking_daily_without_a_rule_does_not(bench: Any) -> None:
    flat = next(rule for rule in rules(PLAN) if rule.id == "flat")
    _, y, v = bench.draw(bench.CASES["nothing"], RUNS, 7)

    direction, _ = bench.stopped(flat, y, v)

    assert (direction != 0).mean() > 0.3


def test_what_is_measured_is_what_decides(bench: Any) -> None:
    """The rule in the bench and ``decide`` stop the same experiments, on the same day."""
    _, y, v = bench.draw(bench.CASES["fifth"], 60, 9)
    direction, day = bench.stopped(rules(PLAN)[0], y, v)

    for run in range(60):
        looks = [
            Look(at, Effects(("control", "other"), *_halves(y[run, at - 1], v[run, at - 1])))
            for at in (7, 14, 21, 28)
        ]
        decided = decide(Plan(rope=0.0), looks, looks[-1])
        winner = {1.0: "other", -1.0: "control", 0.0: None}[direction[run]]
        assert (decided.arm, decided.day) == (winner, day[run])


def test_with_four_arms_the_promise_is_shared() -> None:
    chance, runs, plan = np.random.default_rng(11), 600, Plan(rope=0.0)
    days, wrong = np.array(plan.days), 0
    for _ in range(runs):
        walk = chance.normal(0, np.sqrt(np.diff(days, prepend=0)), (4, 4)).cumsum(axis=1) / days
        looks = [
            Look(day, Effects(("a", "b", "c", "d"), walk[:, i] / 10, np.full(4, 0.01 / day)))
            for i, day in enumerate(days.tolist())
        ]
        wrong += decide(plan, looks, looks[-1]).verdict == "winner"

    assert wrong / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_every_rule_was_measured_and_kept_its_promise() -> None:
    measured = peeking()

    assert list(measured["rules"]) == [rule.id for rule in rules(PLAN)]
    for rule in rules(PLAN):
        seen = measured["rules"][rule.id]
        assert (seen["title"], seen["safe"]) == (rule.title, rule.safe)
        cells = [seen[case] for case in ("nothing_small", "nothing", "nothing_large")]
        limit = 0.05 + 3 * np.sqrt(0.05 * 0.95 / measured["runs"])
        assert (max(cells) <= limit) == rule.safe


def test_the_page_says_what_was_measured(bench: Any) -> None:
    """If this fails, run `python bench/peeking.py`, which writes both."""
    page = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")

    assert bench.section(json.loads(bench.DATA.read_text(encoding="utf-8"))) in page


def test_a_new_measurement_takes_the_place_of_the_old_one(bench: Any) -> None:
    page = f"# Experiments\n\n## Before\n\none\n\n{bench.TITLE}\n\nold\n\n## After\n\ntwo\n"

    insert = benchmark("pages").insert
    new = insert(page, f"{bench.TITLE}\n\nnew\n")

    assert new == page.replace("old", "new")
    assert insert(new, f"{bench.TITLE}\n\nnew\n") == new
    assert insert("# Experiments\n", f"{bench.TITLE}\n\nnew\n").endswith("\n\nnew\n")


def _halves(y: float, v: float) -> tuple[Any, Any]:
    return np.array([0.0, y]), np.array([v / 2, v / 2])
