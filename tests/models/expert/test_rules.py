from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from regulars_models.expert.kind import Expert
from regulars_models.expert.rules import Rule

VALUES = np.array([np.nan, -1, 0, 1, 2, 3])


@pytest.mark.parametrize(
    ("said", "held", "words"),
    [
        ({"at_least": 1}, [3, 4, 5], "spend at least 1"),
        ({"at_most": 0}, [1, 2], "spend at most 0"),
        ({"more_than": 1}, [4, 5], "spend more than 1"),
        ({"less_than": 0}, [1], "spend less than 0"),
        ({"is": 2}, [4], "spend is 2"),
        ({"between": [1, 2]}, [3, 4], "spend between 1 and 2"),
        ({"at_least": 1, "less_than": 3}, [3, 4], "spend at least 1 and less than 3"),
        ({"known": True}, [1, 2, 3, 4, 5], "spend known"),
        ({"known": False}, [0], "spend unknown"),
    ],
)
def test_the_words_mean_what_they_mean_in_conditions(
    said: dict[str, Any], held: list[int], words: str
) -> None:
    rule = Rule(trait="spend", times=2, **said)
    assert np.flatnonzero(rule.holds(VALUES)).tolist() == held
    assert str(rule) == words


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "say what it is compared with"),
        ({"at_least": 1, "times": 0}, "greater than 0"),
        ({"between": [2, 1]}, "the smaller number comes first"),
        ({"at_least": "much"}, "valid number"),
        ({"contains": "much"}, "Extra inputs"),
    ],
)
def test_a_rule_that_can_mean_nothing_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Rule(**{"trait": "spend", "times": 2} | wrong)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start": "0%"}, "nothing is impossible"),
        (
            {"rules": [{"trait": "a", "at_least": 1, "times": n} for n in (2, 3)]},
            "stands there twice",
        ),
        ({"strength": 0}, "greater than 0"),
    ],
)
def test_what_nobody_can_believe_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Expert(**{"event": "order", "within": "30d", "start": "10%"} | wrong)
