"""Words of the language that are not built yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Problems = Callable[..., list[str]]


@pytest.mark.parametrize("section", ["experiments", "models", "policy"])
def test_a_section_that_is_not_built_says_so(shop: Problems, section: str) -> None:
    assert shop(f"{section}: {{a: {{b: c}}}}") == [
        f"playbook.yaml:2:1: '{section}' is not built yet in this version"
    ]


@pytest.mark.parametrize("word", ["goal", "exit_when", "priority"])
def test_a_word_of_a_journey_that_is_not_built_says_so(shop: Problems, word: str) -> None:
    assert shop(f"journeys: {{welcome: {{{word}: {{performed: order}}}}}}") == [
        f"playbook.yaml:2:22: journeys.welcome: '{word}' is not built yet in this version"
    ]


@pytest.mark.parametrize("step", ["wait: 7d", "wait_for: {performed: order}", "split: winback"])
def test_a_step_that_is_not_built_says_so_and_the_others_are_checked(
    shop: Problems, step: str
) -> None:
    told = shop(
        "journeys:\n  welcome:\n    steps:\n"
        f"      - if: {{segment: regulars}}\n        then: [{{{step}}}, {{send: helo}}]\n"
    )
    word = step.partition(":")[0]
    assert len(told) == 2
    assert told[0] == (
        "playbook.yaml:6:17: journeys.welcome.steps[0].then[0]: "
        f"'{word}' is not built yet in this version"
    )
    assert told[1].endswith(
        "journeys.welcome.steps[0].then[1]: unknown message 'helo' (did you mean 'hello'?)"
    )


def test_words_of_messages_and_of_send_say_so_too(shop: Problems) -> None:
    text = (
        "messages: {hello: {approve: {above: 500}}}\n"
        "journeys: {welcome: {steps: [{send: hello, experiment: offer}]}}\n"
    )
    assert shop(text) == [
        "playbook.yaml:2:20: messages.hello: 'approve' is not built yet in this version",
        (
            "playbook.yaml:3:44: journeys.welcome.steps[0]: "
            "'experiment' is not built yet in this version"
        ),
    ]
