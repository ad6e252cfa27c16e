"""Which method would have foreseen best what was bought last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from regulars_models.recommend.fitting import fit

from .shops import settings, shop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .shops import Bought

ITEMS = [f"i{number:02}" for number in range(20)]
KINDS = {"item": ITEMS, "kind": ["sweet", "salty"] * 10}

SAID = (
    "Before the last 30d and in that time 9 customers bought something; methods are compared where "
    "20 did."
)


def measured(bought: Sequence[Bought], **more: Any) -> Mapping[str, Any]:
    fitted = fit(settings(**more), shop(bought, 500, KINDS), 1)
    assert not isinstance(fitted, str), fitted
    return fitted.metrics


def test_who_buys_the_same_again_is_foreseen_by_habit_alone() -> None:
    bought = [(whose, ITEMS[whose % 20], ago) for whose in range(400) for ago in (90, 60, 5)]
    found = measured(bought)
    gains = 1 / np.log2(np.arange(2, 12))
    assert found["customers"] == 400
    assert found["ndcg_all"]["buy-again"] == pytest.approx(1)
    assert found["hit_rate_all"]["buy-again"] == 1
    # all items are wanted alike, so ten of twenty customers find theirs among the first ten
    assert found["hit_rate_all"]["popular"] == pytest.approx(0.5)
    assert found["ndcg_all"]["popular"] == pytest.approx(gains.sum() / 20)
    assert "ndcg_new" not in found
    (said,) = found["says"]
    assert said.startswith(
        "Of what was bought in the last 30d, buy-again foresaw most (NDCG 1.000)"
    )
    assert said.endswith("it is the chosen one.")


def test_a_method_that_loses_to_a_simpler_one_is_told_so() -> None:
    bought = [(whose, ITEMS[whose % 20], ago) for whose in range(400) for ago in (90, 60, 5)]
    (said,) = measured(bought, method="content", catalogue="catalogue.csv")["says"]
    assert said.endswith("it loses to buy-again, which is simpler.")
    (said,) = measured(bought, method="popular")["says"]
    assert said.endswith("the chosen popular 0.227; no simpler one beats it.")


def test_what_is_new_to_a_customer_is_foreseen_by_what_others_bought() -> None:
    chance = np.random.default_rng(2)
    bought = []
    for whose in range(400):
        kind = whose % 2
        items = chance.permutation(10)[:5] * 2 + kind
        bought += [(whose, ITEMS[item], 90 - n) for n, item in enumerate(items[:4])]
        bought.append((whose, ITEMS[items[4]], 5))
    found = measured(bought)
    for method in ("item-item", "factors"):
        assert found["hit_rate_new"][method] > 0.9  # six of the kind are left, and ten are shown
        assert found["ndcg_new"][method] > found["ndcg_new"]["buy-again"]
    assert found["says"][0].endswith("it loses even to popular, which is simpler.")


def test_nothing_of_the_time_held_back_is_known() -> None:
    before = [(whose, ITEMS[whose % 20], 90) for whose in range(400)]
    craze = [(whose, "craze", 5) for whose in range(400)]
    found = measured([*before, *craze])
    assert found["ndcg_all"]["popular"] < 0.35  # it would stand first if it were known


def test_too_few_to_compare_says_so() -> None:
    bought: list[Bought] = [(whose, "bread", 90) for whose in range(50)]
    assert measured([*bought, *[(whose, "bread", 5) for whose in range(9)]]) == {
        "says": [SAID],
    }
