"""Allocating: a bandit is asked once a run, and only probabilities are taken from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from regulars.errors import PluginError
from regulars.experiments.allocating import allocate
from regulars.store import tables
from sqlalchemy import select

from tests.experiments.lab import day, open_lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.experiments.lab import Lab

PLUGINS = """\
from regulars.hooks import AllocationKind, Settings, hookimpl

class Fixed(Settings):
    give: list[float]

class Greedy(Settings):
    pass

def greedy(config, trial):
    shown = len(trial.units)
    return [1 / (shown + 2), 1 - 1 / (shown + 2)]

@hookimpl
def regulars_allocations():
    return [
        AllocationKind("fixed", "Gives what it is told", Fixed, lambda config, trial: config.give),
        AllocationKind("greedy", "Gives the second more and more", Greedy, greedy),
    ]
"""


@pytest.fixture
def lab(store_url: str, tmp_path: Path) -> Iterator[Lab]:
    made = open_lab(store_url, tmp_path, PLUGINS)
    yield made
    made.store.close()


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Lab]:
    made = open_lab(sqlite_url, tmp_path, PLUGINS)
    yield made
    made.store.close()


def run(lab: Lab, at: float) -> list[tuple[int, str, float]]:
    allocate(lab.store, lab.scope(at))
    kept = tables.allocations.c
    query = select(kept.at, kept.arm, kept.probability).order_by(kept.at, kept.arm)
    return [tuple(row) for row in lab.rows(query)]


def test_probabilities_are_kept_when_they_change(lab: Lab) -> None:
    lab.experiments(x={"allocation": {"use": "greedy"}}, y={})
    first = [(day(1), "control", 0.5), (day(1), "offer", 0.5)]
    assert run(lab, 1) == first
    assert run(lab, 2) == first
    lab.expose("ada", "offer", 2)
    lab.expose("bob", "offer", 2)
    assert run(lab, 3) == [*first, (day(3), "control", 0.25), (day(3), "offer", 0.75)]


def test_the_same_run_done_again_changes_nothing(lab: Lab) -> None:
    lab.experiments(x={"allocation": {"use": "greedy"}})
    before = run(lab, 1)
    lab.expose("ada", "offer", 1)
    assert run(lab, 1) == before
    assert len(run(lab, 1.5)) == 4


def test_new_arms_are_allocated_at_once(desk: Lab) -> None:
    desk.experiments(x={"allocation": {"use": "fixed", "give": [0.4, 0.6]}})
    run(desk, 1)
    arms: dict[str, Any] = {"control": {}, "offer": {}, "gift": {}}
    allocation = {"use": "fixed", "give": [0.2, 0.2, 0.6]}
    desk.experiments(x={"arms": arms, "allocation": allocation})
    expected = [(day(1), "control", 0.2), (day(1), "gift", 0.6), (day(1), "offer", 0.2)]
    assert run(desk, 1) == expected


@pytest.mark.parametrize(
    ("give", "said"),
    [
        ([0.5, 0.4, 0.1], "3 probabilities for 2 arms"),
        ([float("nan"), 1.0], "'control' the probability nan"),
        ([-0.5, 1.5], "'control' the probability -0.5"),
        ([1.0, 0.0], "'offer' the probability 0.0"),
        ([0.5, 0.4], "add up to 0.9, not to 1"),
    ],
)
def test_what_are_no_probabilities_is_refused_with_its_name(
    desk: Lab, give: list[float], said: str
) -> None:
    desk.experiments(x={"allocation": {"use": "fixed", "give": give}})
    with pytest.raises(PluginError, match="allocation 'fixed' of plugins") as told:
        run(desk, 1)
    assert said in str(told.value)
    assert desk.rows(select(tables.allocations)) == []
