"""Experiments as they are written: arms, factors, shares, the control, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from regulars.playbook.experiments import Experiment, layer_seed, seed_of
from regulars.playbook.goals import RatioGoal, TimeGoal
from regulars.playbook.loading import Loaded

if TYPE_CHECKING:
    from pathlib import Path

Load = Callable[..., Loaded]
Problems = Callable[..., list[str]]

TWO = "arms: {control: {}, gift: {offer: a bun}}"
WHOLE = f"""extends: shop.yaml
experiments:
  gifts:
    {TWO}
    coverage: 50%
    layer: {{name: offers, from: 0%, to: 50%}}
    unit: city
    hash: growthbook
    seed: gifts-2026
    goals:
      - {{id: ordered, performed: order, within: 14d}}
      - {{id: times, count: order, within: 2w, where: {{item: {{is: rye}}}}}}
      - {{id: spent, sum: order.total, within: 14d}}
      - {{id: basket, average: order.total, within: 14d}}
      - {{id: soon, time_to: order, within: 14d}}
      - {{id: each, ratio: order.total, to: order, within: 14d, better: less}}
    by: regulars
    decide: {{use: bayes-ab, horizon: 28d, looks: 4, alpha: 5%, rope: 1%, prior: 5%,
             cuped: spend, uplift: [spend, orders, last_order]}}
journeys:
  try:
    when: {{enters: regulars}}
    steps:
      - split: gifts
        arms: {{gift: [{{send: hello, experiment: gifts}}]}}
"""


def experiment(**words: object) -> Experiment:
    return Experiment.model_validate(words)


def test_every_word_may_be_used_at_once(load: Load) -> None:
    found = load(WHOLE).playbook.experiments["gifts"]

    assert found.by == ["regulars"]
    assert found.variables() == {"control": {}, "gift": {"offer": "a bun"}}
    assert seed_of("gifts", found) == "gifts-2026"
    soon, each = found.goals[-2:]
    assert isinstance(soon, TimeGoal)
    assert isinstance(each, RatioGoal)
    assert (soon.better, each.better) == ("less", "less")


def test_an_experiment_of_a_plugin_s_bandit_is_right(load: Load) -> None:
    text = "extends: shop.yaml\nexperiments: {x: {arms: {a: {}, b: {}}, "
    text += "goals: [{id: g, count: order, within: 2d}], allocation: {use: thompson, floor: 50%}}}"
    assert load(text).playbook.experiments["x"].shares() == {"a": 0.5, "b": 0.5}


def test_shares_are_equal_unless_weights_say_otherwise() -> None:
    arms: dict[str, object] = {"a": {}, "b": {}, "c": {}}
    assert experiment(arms=arms).shares() == {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
    shares = experiment(arms=arms, weights=[0.34, 0.33, 0.33]).shares()
    assert shares == {"a": 0.34, "b": 0.33, "c": 0.33}


def test_the_control_is_the_arm_called_so_or_else_the_first() -> None:
    assert experiment(arms={"a": {}, "control": {}}).control == "control"
    assert experiment(arms={"b": {}, "a": {}}).control == "b"
    assert experiment(factors={"x": ["d", "c"], "y": ["f", "e"]}).control == "d+f"


def test_factors_make_an_arm_of_each_combination_of_levels() -> None:
    made = experiment(factors={"subject": ["plain", "warm"], "size": ["s", "l"]})
    assert made.variables() == {
        "plain+s": {"subject": "plain", "size": "s"},
        "plain+l": {"subject": "plain", "size": "l"},
        "warm+s": {"subject": "warm", "size": "s"},
        "warm+l": {"subject": "warm", "size": "l"},
    }


def test_arms_whose_names_the_store_could_not_keep_are_refused(problems: Problems) -> None:
    long = ["a" * 80, "b" * 80]
    factors = f"{{one: {long}, two: {long}, three: {long}}}".replace("'", "")
    assert problems(f"playbook: x\nexperiments: {{x: {{factors: {factors}}}}}") == [
        (
            "playbook.yaml:2:18: experiments.x: "
            "the levels of an arm are too long together; shorten their names"
        )
    ]


def test_seeds_come_from_names_unless_they_are_written() -> None:
    arms: dict[str, object] = {"a": {}, "b": {}}
    assert seed_of("x", experiment(arms=arms)) != seed_of("y", experiment(arms=arms))
    assert seed_of("y", experiment(arms=arms, seed="old")) == "old"
    assert layer_seed("x") != seed_of("x", experiment(arms=arms))


def test_one_experiment_may_be_used_by_several_steps(shop: Problems) -> None:
    assert (
        shop(
            f"experiments: {{x: {{{TWO}}}}}\n"
            "journeys: {j: {when: {enters: regulars}, steps: [{send: hello, experiment: x}, "
            "{split: x, arms: {gift: [{send: hello, id: again, experiment: x}]}}]}}"
        )
        == []
    )


def test_slices_that_touch_and_slices_of_other_layers_do_not_overlap(shop: Problems) -> None:
    slices = ("offers, from: 0%, to: 50%", "offers, from: 50%, to: 100%", "news, from: 0%, to: 60%")
    written = (f"x{n}: {{{TWO}, layer: {{name: {s}}}}}" for n, s in enumerate(slices))
    assert shop(f"experiments: {{{', '.join(written)}}}") == []


def test_one_seed_for_other_units_or_other_customers_is_right(shop: Problems) -> None:
    layers = [f", layer: {{name: l, {s}}}" for s in ("from: 0%, to: 50%", "from: 50%, to: 60%")]
    for one, other in [layers, ("", ", unit: city"), ("", ", hash: growthbook")]:
        words = f"x: {{{TWO}, seed: s{one}}}, y: {{{TWO}, seed: s{other}}}"
        assert shop(f"experiments: {{{words}}}") == []


@pytest.mark.parametrize("more", [", unit: city", ", hash: growthbook"])
def test_what_is_drawn_otherwise_may_have_the_seed_of_a_sample(shop: Problems, more: str) -> None:
    some = "segments: {some: {sample: 10%, seed: s}}\n"
    assert shop(f"{some}experiments: {{x: {{{TWO}, seed: s{more}}}}}") == []


def test_each_of_two_slices_that_overlap_a_third_is_told(shop: Problems) -> None:
    slices = ("from: 40%, to: 60%", "from: 0%, to: 41%", "from: 59.9%, to: 100%")
    written = (f"  x{n}: {{{TWO}, layer: {{name: l, {s}}}}}\n" for n, s in enumerate(slices))
    told = shop(f"experiments:\n{''.join(written)}")
    assert [line.partition(" its")[0] for line in told] == [
        "playbook.yaml:4:58: experiments.x1:",
        "playbook.yaml:5:58: experiments.x2:",
    ]


def test_everything_that_is_wrong_with_an_experiment_is_told_at_once(shop: Problems) -> None:
    told = shop(
        "experiments:\n"
        "  x:\n"
        "    factors: {name: [b, c], d: [e, none]}\n"
        "    coverage: 20\n"
        "    goals:\n"
        "      - {id: a, performd: order, within: 3d}\n"
        "      - {id: b, sum: order, within: 3mo}\n"
        "      - {id: a, count: ordr, within: 3d, better: lesss}\n"
        "      - {id: c, count: ordr, within: 3d}\n"
        "    by: [regular, regulars]\n"
        "    decide: {use: bayes-ab, horizn: 3d, cuped: usual}\n"
        "    allocation: {use: thomson}\n"
        "journeys: {j: {when: {enters: regulars}, steps: [{split: x, arms: {b: []}}]}}\n"
    )
    places = [line.split(": ")[0].removeprefix("playbook.yaml:") for line in told]
    assert places == [
        *("4:15", "5:15", "7:17", "8:9", "9:14", "9:24", "9:50", "10:24", "11:10", "12:29"),
        *("13:23", "14:58"),
    ]


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        ("raise KeyError('x')", "failed: KeyError: 'x' (odd.py, line 5); report it to its author"),
        ("return ['spent']", "unknown trait 'spent' (did you mean 'spend'?)"),
    ],
)
def test_what_an_analysis_asks_for_is_checked_at_its_own_name(
    problems: Problems, folder: Path, plugin: str, told: str
) -> None:
    (folder / "odd.py").write_text(
        "from regulars.hooks import AnalysisKind, Settings, hookimpl\n\n\n"
        "def traits(config):\n"
        f"    {plugin}\n\n\n"
        "@hookimpl\n"
        "def regulars_analyses():\n"
        "    return [AnalysisKind('odd', 'Odd', Settings, lambda *_: None, traits)]\n"
    )
    (problem,) = problems(
        "extends: shop.yaml\nplugins: [./odd.py]\nexperiments: {x: {arms: {a: {}, b: {}}, "
        "goals: [{id: g, count: order, within: 2d}], decide: {use: odd}}}"
    )
    assert problem.startswith("playbook.yaml:3:99: experiments.x.decide: ")
    assert told in problem
