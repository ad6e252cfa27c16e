"""What models, and those who use their scores, name stands for something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.errors import PlaybookError
from regulars.hooks import Plugins
from regulars.playbook.json_schema import json_schema
from regulars.runs.loading import load_playbook

from .conftest import TOYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shop

    Write = Callable[..., None]

WRONG = {
    "use: pase": "22:23: models.value: there is no model 'pase' (did you mean 'pace'?)",
    "use: pace, event: order, leest: 3": "22:43: models.value: unknown field 'leest'",
    "use: pace, event: order, least: x": "22:50: models.value.least: should be a whole number",
    "use: pace, event: order, refit: 0d": "22:50: models.value.refit: '0d' must be longer than",
    "use: pace, event: ordr": "22:36: models.value: unknown event 'ordr' (did you mean 'order'?)",
    "use: pace, event: order, amount: totl": "22:51: models.value: unknown property 'totl' of",
    "use: pace, event: order, traits: [spend]": "22:52: models.value: unknown trait 'spend'",
    "use: pace, event: order, attributes: [cit]": "22:56: models.value: unknown attribute 'cit'",
    "use: pace, event: order, experiment: x": "22:55: models.value: unknown experiment 'x'",
    "use: pace, event: order, traits: [value.alive]": (
        "22:52: models.value: a model can't read the score 'value.alive' of a model"
    ),
}


def told(shop: Shop) -> list[str]:
    with pytest.raises(PlaybookError) as error:
        load_playbook(shop.path)
    return [str(problem).replace(f"{shop.folder}/", "") for problem in error.value.problems]


@pytest.mark.parametrize(("model", "problem"), WRONG.items())
def test_each_mistake_is_told_at_its_place(
    shop: Shop, write: Write, model: str, problem: str
) -> None:
    write(shop, models=f"models: {{value: {{{model}}}}}\n")
    (found,) = told(shop)
    assert found.startswith(f"playbook.yaml:{problem}")


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (
            "segments: {a: {score: value.alve, more_than: 0}}",
            "23:23: segments.a: unknown score 'value.alve' (did you mean 'value.alive'?)",
        ),
        (
            "segments: {a: {score: valu.alive, more_than: 0}}",
            "23:23: segments.a: unknown score 'valu.alive' (did you mean 'value.alive'?)",
        ),
        (
            "segments: {a: {score: value.mood, more_than: 0}}",
            "23:35: segments.a: 'more_than' can't compare value.mood, which is text",
        ),
        (
            "segments: {a: {score: value.mood, is: lat}}",
            "23:39: segments.a: value.mood is one of early, late, never 'lat' (did you mean 'late'",
        ),
        (
            "journeys: {j: {when: {date: value.next}, steps: [exit]}}",
            "23:29: journeys.j.when.date: should be attribute.NAME, trait.NAME or score.MODEL",
        ),
        (
            "journeys: {j: {when: {date: score.value.alive}, steps: [exit]}}",
            "23:29: journeys.j.when: score.value.alive is no date; its type is number",
        ),
        (
            "journeys: {j: {when: {date: score.value.nxt}, steps: [exit]}}",
            "23:29: journeys.j.when: unknown score 'value.nxt' (did you mean 'value.next'?)",
        ),
    ],
)
def test_whoever_uses_a_score_names_one_that_is_there(
    shop: Shop, write: Write, rest: str, reason: str
) -> None:
    write(shop, rest)
    (found,) = told(shop)
    assert found.startswith(f"playbook.yaml:{reason}")


def test_a_template_names_scores_that_are_there(shop: Shop, write: Write) -> None:
    write(shop)
    subject = "{{ scores.value.alve }} {{ scores.valu.x }} {{ scores.value.mood }}"
    text = shop.path.read_text(encoding="utf-8").replace("Hello {{ customer.id }}", subject)
    shop.path.write_text(text, encoding="utf-8")
    assert sorted(problem.partition("mail.subject: ")[2] for problem in told(shop)) == [
        "unknown model 'valu' (did you mean 'value'?)",
        "unknown score of value 'alve' (did you mean 'alive'?)",
    ]


def test_an_editor_is_offered_the_settings_of_models() -> None:
    schema = json_schema(Plugins.load(allow=(), files=[TOYS]))
    pace = next(kind for kind in schema["$defs"]["Model"]["oneOf"] if kind["title"] == "pace")
    assert {"use", "refit", "event", "least"} <= pace["properties"].keys()
    assert pace["required"] == ["use", "event"]
