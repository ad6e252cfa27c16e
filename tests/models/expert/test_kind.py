"""``expert`` as a playbook uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from regulars.testing import ModelConformance
from regulars_models.expert.kind import EXPERT

from tests.models.shops import new_shop, regular_shop

if TYPE_CHECKING:
    from pathlib import Path

BELIEF: dict[str, Any] = {
    "event": "order",
    "within": "30d",
    "start": "10%",
    "rules": [
        {"trait": "a", "at_least": 5, "times": 2},
        {"trait": "b", "more_than": 60, "times": 0.3},
    ],
    "traits": ["b", "c"],
}


class TestExpert(ModelConformance):
    kind = EXPERT
    settings = BELIEF

    def test_its_reasons_add_up_to_the_score_against_that_of_a_typical_customer(self) -> None:
        said, told = self.scores()["probability"], EXPERT.explain
        assert told is not None
        typical = []
        for row in range(0, 300, 50):
            alone = self.people.alone(row).at(self.now)
            reasons = told(self.model.config, self.learned, alone)["probability"]
            typical.append(float(said[row]) - sum(reason.by for reason in reasons))
        assert np.ptp(typical) < 1e-9


class TestExpertWithoutRules(ModelConformance):
    kind = EXPERT
    settings = {"event": "order", "within": "30d", "start": "10%"}


class TestExpertWhoIsVerySure(ModelConformance):
    kind = EXPERT
    settings = BELIEF | {"strength": 1e9, "traits": []}

    def test_it_says_what_the_rules_say(self) -> None:
        odds = np.full(300, 1 / 9)
        odds[self.data.traits["a"] >= 5] *= 2
        odds[self.data.traits["b"] > 60] *= 0.3
        known = self.data.traits["a"] > 0
        said = np.array(self.scores()["probability"], np.float64)
        assert said[known] == pytest.approx((odds / (1 + odds))[known], rel=1e-3)
        assert np.isnan(said[~known]).all()


def test_a_new_shop_has_the_rules_word(
    tmp_path: Path,
) -> None:
    client = new_shop(tmp_path)
    assert client.run("2025-11-20")["models"]["belief"]["scored"] == 1
    status, out, err = client.call("why", str(client.path), "ada", "--json")
    assert status == 0, err
    assert "0.4615" in out  # odds of 3 to 7, times 2


def test_it_says_where_the_customers_disagree(tmp_path: Path) -> None:
    client, _ = regular_shop(tmp_path)
    client.run("2025-11-20")
    status, out, err = client.call("models", str(client.path), "belief", "--json")
    assert status == 0, err
    assert "last_order more than 60" in out
    assert "you said times 3; the data say times 0." in out
    assert '"weight_of_the_rules": 0.1' in out
    told = " ".join(client.call("models", str(client.path), "belief")[1].split())
    assert "Of 'last_order more than 60' you said times 3; the data say times 0." in told
