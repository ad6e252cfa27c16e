"""An experiment gives some customers another model's scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from regulars.errors import PlaybookError
from regulars.runs.loading import load_playbook

from .test_stage import why

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shop

    Write = Callable[..., None]

MODELS = """\
experiments: {which: {arms: {control: {}, rival: {}}}}
models:
  value: {use: pace, event: order, split: which, arms: {rival: slow}}
  slow: {use: pace, event: order, usual: 70}
"""


def test_each_arm_has_the_scores_of_its_model(anywhere: Shop, write: Write) -> None:
    anywhere.people(*(f"c{n},,,," for n in range(40)))
    anywhere.orders(*(f"c{n},2026-01-0{day},{n}-{day},tea,1" for n in range(40) for day in (1, 8)))
    write(anywhere, models=MODELS)
    report = anywhere.run("2026-01-15")
    assert {name: count["scored"] for name, count in report["models"].items()} == {
        "value": 40,
        "slow": 40,
    }

    stories = [why(anywhere, f"c{n}") for n in range(40)]
    arms: dict[str, list[Any]] = {"control": [], "rival": []}
    for story in stories:
        (exposed,) = story["known"]["experiments"]
        arms[exposed["arm"]].append(story["scores"])
    assert all(arms.values())
    assert {s["value"]["alive"] for s in arms["control"]} == {0.5}
    assert all(s["value"] == s["slow"] for s in arms["rival"])
    assert [s["slow"]["alive"] for s in (*arms["control"], *arms["rival"])] == pytest.approx(
        [2**-0.1] * 40
    )


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("split: whch, arms: {rival: slow}", "24:43: models.value: unknown experiment 'whch'"),
        ("split: which, arms: {rivl: slow}", "24:57: models.value: unknown arm 'rivl'"),
        ("split: which, arms: {rival: slw}", "24:64: models.value: unknown model 'slw'"),
        (
            "split: which, arms: {rival: value}",
            "24:64: models.value: the model 'value' has a split",
        ),
        ("split: which", "24:10: models.value: a split is an experiment"),
    ],
)
def test_a_split_names_what_is_there(shop: Shop, write: Write, model: str, reason: str) -> None:
    write(shop, models=MODELS.replace("split: which, arms: {rival: slow}", model))
    with pytest.raises(PlaybookError) as error:
        load_playbook(shop.path)
    (problem,) = error.value.problems
    assert str(problem).replace(f"{shop.folder}/", "").startswith(f"playbook.yaml:{reason}")


def test_an_experiment_of_models_is_not_read_by_segments(shop: Shop, write: Write) -> None:
    by = "which: {by: some, arms:"
    some = "segments: {some: {sample: 10%, seed: s}}\n"
    write(shop, models=MODELS.replace("which: {arms:", by) + some)
    with pytest.raises(PlaybookError) as error:
        load_playbook(shop.path)
    (problem,) = error.value.problems
    told = str(problem).replace(f"{shop.folder}/", "")
    assert told.startswith("playbook.yaml:22:23: experiments.which: the model 'value' gives its")
    assert told.endswith("it can't be read by segments; leave out 'by'")
