"""Trials: who was given which arm when, and what was known of them then."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars.customers.shapes import draws_of
from regulars.errors import PluginError
from regulars.experiments.analysing import analysed
from regulars.playbook.experiments import Decide
from regulars.store import tables
from sqlalchemy import update

from tests.experiments.lab import ORDERED, day, open_lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.experiments.lab import Lab

PLUGINS = """\
from regulars.hooks import AnalysisKind, Reading, Settings, hookimpl

class Wanting(Settings):
    of: list[str] = []

def traits(config):
    if "!" in config.of:
        raise RuntimeError("no such thing")
    return config.of

@hookimpl
def regulars_analyses():
    def analyse(config, trial):
        return Reading("broken", None, "")
    return [AnalysisKind("wanting", "Wants", Wanting, analyse, traits)]
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


def test_units_come_by_when_they_were_exposed_and_the_control_is_first(lab: Lab) -> None:
    arms = ("offer", "control", "gift")
    lab.experiments(x={"arms": {arm: {} for arm in arms}, "weights": [0.5, 0.2, 0.3]}, y={})
    for key, arm, at in (("ada", "gift", 3), ("bob", "control", 1), ("eve", "offer", 2)):
        lab.expose(key, arm, at, probability=0.25)
    lab.expose("ada", "offer", 1, name="y")
    lab.expose("old", "removed", 1)
    lab.expose("new", "gift", 9)
    lab.event("eve", 4)
    trial = lab.trial(5)
    assert trial.arms == ("control", "offer", "gift")
    assert trial.weights == (0.2, 0.5, 0.3)
    assert trial.now == day(5)
    assert trial.units.arm.tolist() == [0, 1, 2]
    assert trial.units.at.tolist() == [day(1), day(2), day(3)]
    assert trial.units.probability.tolist() == [0.25] * 3
    assert trial.outcomes[0].happened.unit.tolist() == [1]
    assert (trial.name, trial.adaptive, trial.levels, trial.learned) == ("x", True, {}, {})
    assert len(lab.trial(9).units) == 4


def test_an_attribute_is_one_unit_from_when_its_first_customer_was_exposed(lab: Lab) -> None:
    lab.experiments(x={"unit": "household"})
    lab.expose("ada", "offer", 5, unit_share=77)
    lab.expose("bob", "control", 2, unit_share=78)
    lab.expose("eve", "offer", 1, unit_share=77)
    lab.expose("sam", "offer", 3)
    lab.expose("kim", "control", 3)
    for key, at in (("ada", 2), ("eve", 0.5), ("eve", 14), ("ada", 16), ("bob", 3), ("kim", 6)):
        lab.event(key, at)
    trial = lab.trial(30)
    assert trial.units.at.tolist() == [day(1), day(2), day(3), day(3)]
    assert trial.units.arm.tolist() == [1, 0, 1, 0]
    happened = trial.outcomes[0].happened
    assert happened.unit.tolist() == [0, 1, 3, 0]
    assert happened.at.tolist() == [day(2), day(3), day(6), day(14)]


def test_what_members_do_who_were_not_exposed_counts_for_their_household(lab: Lab) -> None:
    lab.experiments(x={"unit": "household"})
    column = draws_of("x", lab.playbook.experiments["x"])[1].column
    for key, share in (("ada", 77), ("bob", 77), ("eve", 78), ("kim", None)):
        number = lab.customer(key)
        customers = lab.store.tables.customers
        with lab.store.transaction() as connection:
            mine = update(customers).where(customers.c.id == number)
            connection.execute(mine.values({column: share}))
    lab.expose("ada", "offer", 1, unit_share=77)
    lab.expose("bob", "offer", 9, unit_share=77)
    for key in ("bob", "eve", "kim"):
        lab.event(key, 3)
    for at in (5, 30):
        trial = lab.trial(at)
        assert trial.units.at.tolist() == [day(1)]
        assert trial.outcomes[0].happened.at.tolist() == [day(3)]


def test_facts_are_those_of_the_exposure(lab: Lab) -> None:
    decide = {"use": "wanting", "of": ["spend", "visits"]}
    lab.experiments(x={"by": ["regulars"], "decide": decide})
    for key in ("ada", "bob", "eve"):
        lab.expose(key, "offer")
    lab.fact("ada", "trait:spend", 12.5)
    lab.fact("eve", "trait:spend", -1)
    lab.fact("eve", "trait:other", 5)
    lab.fact("bob", "segment:regulars", 1)
    lab.fact("eve", "segment:regulars", 0)
    lab.fact("bob", "trait:spend", 99, experiment="y")
    units = lab.trial(1).units
    assert list(units.traits) == ["spend", "visits"]
    np.testing.assert_array_equal(units.traits["spend"], [12.5, np.nan, -1])
    assert np.isnan(units.traits["visits"]).all()
    assert units.segments["regulars"].tolist() == [False, True, False]


def test_of_a_household_the_facts_are_those_of_who_was_first(desk: Lab) -> None:
    desk.experiments(x={"unit": "household", "decide": {"use": "wanting", "of": ["spend"]}})
    desk.expose("ada", "offer", 2, unit_share=1)
    desk.expose("bob", "offer", 1, unit_share=1)
    desk.fact("ada", "trait:spend", 5)
    desk.fact("bob", "trait:spend", 7)
    assert desk.trial(3).units.traits["spend"].tolist() == [7]


def test_factors_and_a_bandit_are_told(desk: Lab) -> None:
    factors = {"subject": ["plain", "warm"], "gift": ["none", "cup"]}
    desk.experiments(x={"arms": None, "factors": factors, "allocation": {"use": "thompson"}})
    trial = desk.trial(0)
    assert trial.arms == ("plain+none", "plain+cup", "warm+none", "warm+cup")
    assert trial.levels == {
        "subject": ("plain", "plain", "warm", "warm"),
        "gift": ("none", "cup", "none", "cup"),
    }
    assert trial.adaptive


def test_an_edit_of_the_weights_breaks_no_experiment(desk: Lab) -> None:
    decide = {"use": "bayes-ab"}
    desk.experiments(x={"decide": decide})
    for n in range(200):
        desk.expose(f"early {n}", "offer" if n % 2 else "control", 0)
    assert not desk.trial(1).adaptive
    desk.experiments(x={"decide": decide, "weights": [0.8, 0.2]})
    for n in range(500):
        arm, share = ("control", 0.8) if n % 5 else ("offer", 0.2)
        desk.expose(f"late {n}", arm, 5, probability=share)
    trial = desk.trial(20)
    assert trial.adaptive
    read = partial(analysed, desk.plugins, Decide.model_validate(decide))
    assert read(trial).verdict != "broken"
    assert read(replace(trial, adaptive=False)).verdict == "broken"  # by the weights of today


def test_a_third_for_each_arm_is_no_edit(desk: Lab) -> None:
    desk.experiments(x={"arms": {"control": {}, "a": {}, "b": {}}})
    for arm in ("control", "a", "b"):
        desk.expose(arm, arm, probability=1 / 3)
    assert not desk.trial(1).adaptive


def test_what_its_analysis_learned_is_told(lab: Lab) -> None:
    lab.experiments(x={"decide": {"use": "wanting"}}, y={})
    value = json.dumps({"tau": 0.04})
    lab.insert(tables.learned, analysis="wanting", value=value, at=day(0))
    lab.insert(tables.learned, analysis="other", value='{"tau": 1}', at=day(0))
    assert lab.trial(1).learned == {"tau": 0.04}
    assert lab.trial(1, "y").learned == {}


def test_an_analysis_that_cant_say_what_it_wants_is_named(desk: Lab) -> None:
    desk.experiments(x={"decide": {"use": "wanting", "of": ["!"]}})
    with pytest.raises(PluginError, match=r"analysis 'wanting' of .*plugins.* no such thing"):
        desk.trial(1)


def test_the_holdout_is_compared_by_the_goals_of_all_experiments(lab: Lab) -> None:
    lab.holdout("20%")
    sooner = ORDERED | {"within": "7d"}
    again = ORDERED | {"id": "bought"}
    lab.experiments(
        x={"goals": [ORDERED], "decide": {"use": "wanting", "of": ["spend"]}},
        y={"goals": [again, sooner]},
    )
    lab.expose("ada", "in", 1, name="holdout", probability=0.8)
    lab.expose("bob", "holdout", 2, name="holdout", probability=0.2)
    lab.event("bob", 10)
    trial = lab.trial(20, "holdout")
    assert trial.arms == ("holdout", "in")
    assert trial.weights == pytest.approx((0.2, 0.8))
    assert trial.units.probability == pytest.approx([0.8, 0.2])
    assert [outcome.goal.id for outcome in trial.outcomes] == ["ordered", "y.ordered"]
    assert [len(outcome.happened.at) for outcome in trial.outcomes] == [1, 0]
    assert trial.units.traits == {}
    assert trial.lasting
    assert not lab.trial(20, "x").lasting


@pytest.mark.parametrize("share", ["0%", "100%"])
def test_a_holdout_of_nobody_or_everybody_is_still_readable(desk: Lab, share: str) -> None:
    desk.holdout(share)
    assert sum(desk.trial(1, "holdout").weights) == pytest.approx(1)
    assert len(desk.trial(1, "holdout").units) == 0
