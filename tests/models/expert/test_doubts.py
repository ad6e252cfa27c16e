from __future__ import annotations

import numpy as np
import pytest
from regulars_models.expert.doubts import doubts
from regulars_models.expert.rules import Rule
from regulars_models.soon.past import Past
from scipy.special import expit

RULES = (Rule(trait="spend", at_least=100, times=2), Rule(trait="orders", at_least=3, times=4))


def seen(people: int, seed: int, times: tuple[float, float]) -> tuple[np.ndarray, Past]:
    """Two rules that hold independently, and who came by these times of odds of 1 to 4."""
    random = np.random.default_rng(seed)
    held = (random.random((people, 2)) < 0.4).astype(float)
    came = random.random(people) < expit(held @ np.log(times) - np.log(4))
    return held, Past(np.empty((people, 0)), came.astype(float), np.arange(people))


def test_a_rule_that_the_data_disagree_with_is_named_in_words() -> None:
    (found,) = doubts(RULES, *seen(5000, 1, (1.1, 4)))
    assert found.rule == RULES[0]
    assert found.low < 1.1 < found.high < 2
    said = str(found)
    assert said.startswith("Of 'spend at least 100' you said times 2; the data say times 1.")
    assert said.endswith(".")


def test_rules_that_are_right_are_rarely_doubted() -> None:
    told = sum(len(doubts(RULES, *seen(600, seed, (2, 4)))) for seed in range(200))
    assert told / 400 == pytest.approx(0.05, abs=0.03)


def test_of_few_customers_nothing_is_said() -> None:
    assert doubts(RULES, *seen(30, 1, (0.1, 0.1))) == []
    held, past = seen(5000, 1, (1, 1))
    assert doubts(RULES, np.zeros_like(held), past) == []
