"""``propensity`` as a playbook uses it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY
from regulars.testing import ModelConformance
from regulars_models.propensity.kind import PROPENSITY, Propensity

from tests.models.shops import new_shop, regular_shop

if TYPE_CHECKING:
    from pathlib import Path

SOON: dict[str, Any] = {"event": "order", "within": "30d", "traits": ["a", "b", "c"]}


class TestPropensity(ModelConformance):
    kind = PROPENSITY
    settings = SOON

    def test_it_is_calibrated_on_the_time_after(self) -> None:
        said = np.array(self.scores()["probability"], np.float64)
        later = self.people.at(self.now + 30 * DAY).events["order"]
        came = np.zeros(len(said))
        came[later.between(self.now, self.now + 30 * DAY).customer] = 1
        assert said.mean() == pytest.approx(came.mean(), abs=0.08)
        likely = said > np.median(said)
        assert came[likely].mean() > came[~likely].mean() + 0.2

    def test_its_reasons_add_up_to_the_score_against_that_of_a_typical_customer(self) -> None:
        said = self.scores()["probability"]
        typical = {
            float(said[row]) - sum(reason.by for reason in self.why(row))
            for row in range(0, 300, 50)
        }
        assert max(typical) - min(typical) < 1e-9

    def test_a_reason_is_a_trait_whose_value_regulars_tells(self) -> None:
        assert "a" in {reason.what for reason in self.why(0)}

    def why(self, row: int) -> Any:
        alone = self.people.alone(row).at(self.now)
        told = PROPENSITY.explain
        assert told is not None
        return told(self.model.config, self.learned, alone)["probability"]


class TestPropensityByTrees(ModelConformance):
    kind = PROPENSITY
    settings = SOON | {"method": "trees", "cutoffs": 3}


class TestWithoutAnybodyWhoCame(ModelConformance):
    kind = PROPENSITY
    settings = SOON

    def test_it_says_what_is_missing(self) -> None:
        few = self.people.of(np.arange(12)).at(self.now)
        said = self.fit(few)
        assert isinstance(said, str)
        assert "3 traits need 30" in said
        nobody = self.fit(self.people.alone(0).at(self.people.at(0).now))
        assert str(nobody).startswith("Nobody was known yet 30d ago")


def test_trees_without_scikit_learn_say_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ValidationError, match=r"pip install 'regulars\[ml\]'"):
        Propensity(**SOON, method="trees")
    assert Propensity(**SOON).method == "logistic"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"within": "1mo"}, "days or weeks"),
        ({"traits": []}, "at least 1"),
        ({"traits": ["a", "a"]}, "twice"),
        ({"cutoffs": 0}, "1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Propensity(**SOON | wrong)


def test_the_last_of_the_cutoffs_is_over_now() -> None:
    assert PROPENSITY.reads(Propensity(**SOON)).cutoffs == [n * 30 * DAY for n in range(1, 7)]


def test_a_segment_holds_those_who_probably_come(tmp_path: Path) -> None:
    client, chances = regular_shop(tmp_path)
    run = client.run("2025-11-20")
    assert run["models"]["soon"] | {"drift": []} == {
        "version": 1,
        "fitted": True,
        "scored": 300,
        "missing": None,
        "drift": [],
        "warnings": [],
    }
    likely = run["segments"]["likely"]["members"]
    assert likely == pytest.approx((chances > 0.5).sum(), rel=0.4)


def test_too_few_orders_are_told_in_words(tmp_path: Path) -> None:
    client = new_shop(tmp_path)
    client.orders("ada,2025-10-01,a1,roll,5", "ada,2025-10-30,a2,roll,5")
    missing = client.run("2025-11-20")["models"]["soon"]["missing"]
    assert missing.startswith("So far 'order' came within 30d in 1 of 1 case; 3 traits need 30")
    assert client.plan("2025-11-20")["segments"]["likely"]["members"] == 0
