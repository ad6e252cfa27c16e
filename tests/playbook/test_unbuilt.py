"""Words of the language that are not built yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Problems = Callable[..., list[str]]


def test_a_section_that_is_not_built_says_so(shop: Problems) -> None:
    assert shop("models: {a: {b: c}}") == [
        "playbook.yaml:2:1: 'models' is not built yet in this version"
    ]


def test_words_of_experiments_that_are_not_built_say_so(shop: Problems) -> None:
    assert shop("experiments: {offer: {arms: {a: {}, b: {}}, decide: {use: x}}}") == [
        "playbook.yaml:2:45: experiments.offer: 'decide' is not built yet in this version"
    ]


@pytest.mark.parametrize(
    "before", ["if: {segment: regulars}", "wait_for: {segment: regulars}\n        at_most: 7d"]
)
def test_a_word_that_is_not_built_says_so_inside_branches_too(shop: Problems, before: str) -> None:
    told = shop(
        "journeys:\n  welcome:\n    steps:\n"
        f"      - {before}\n        then: [{{send: hello, experiment: x}}, {{send: helo}}]\n"
    )
    assert len(told) == 2
    assert told[0].endswith(
        "journeys.welcome.steps[0].then[0]: 'experiment' is not built yet in this version"
    )
    assert told[1].endswith(
        "journeys.welcome.steps[0].then[1]: unknown message 'helo' (did you mean 'hello'?)"
    )


def test_an_arm_of_a_split_is_looked_into(shop: Problems) -> None:
    steps = "[{split: offer, arms: {a: [{send: hello, experiment: x}]}}]"
    told = shop(
        "experiments: {offer: {arms: {a: {}, b: {}}}}\n"
        f"journeys: {{welcome: {{steps: {steps}}}}}\n"
    )
    assert told == [
        (
            "playbook.yaml:3:70: journeys.welcome.steps[0].arms.a[0]: "
            "'experiment' is not built yet in this version"
        )
    ]
