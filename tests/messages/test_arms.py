"""Arms in templates: every arm's variables may be asked for, whichever arm it is."""

from __future__ import annotations

import pytest
from regulars.messages.arms import arm_names, arm_words
from regulars.playbook.experiments import Experiment

OFFERS = Experiment.model_validate(
    {"arms": {"plain": {"word": "Hello"}, "gift": {"word": "Hi", "gift": "a bun"}}}
)


def test_what_only_other_arms_have_is_empty() -> None:
    assert arm_words(OFFERS, "plain") == {"name": "plain", "word": "Hello", "gift": ""}
    assert arm_words(OFFERS, "gift") == {"name": "gift", "word": "Hi", "gift": "a bun"}
    assert arm_names(OFFERS) == {"name", "word", "gift"}


@pytest.mark.parametrize("arm", [None, "one that is gone"])
def test_whoever_has_no_arm_is_told_what_the_control_is_told(arm: str | None) -> None:
    assert arm_words(OFFERS, arm) == arm_words(OFFERS, "plain")


def test_the_levels_of_factors_are_variables() -> None:
    made = Experiment.model_validate(
        {"factors": {"subject": ["short", "long"], "picture": ["cup", "loaf"]}}
    )
    words = {"name": "long+cup", "subject": "long", "picture": "cup"}
    assert arm_words(made, "long+cup") == words
