"""What is learned of some customers scores any others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars.errors import RegularsError
from regulars.hooks import Happened
from regulars_models.bayes_ab.uplift.learning import learned, scores

from tests.models.bayes_ab.planted import trial

from .planted import planted, some, units

if TYPE_CHECKING:
    from regulars.hooks import GoalKind


@pytest.mark.parametrize("kind", ["conversion", "count", "revenue"])
def test_those_who_gain_score_far_above_those_who_do_not(kind: GoalKind) -> None:
    cohort = units(planted(1, some, kind=kind))
    score = scores(learned(cohort), cohort.columns)
    gainers = cohort.columns[:, 0] > 0.5
    assert score[gainers].mean() > 5 * abs(score[~gainers].mean())


def test_anybody_is_scored_later_also_with_unknown_traits() -> None:
    columns = np.array([[0.2, 0.0], [0.8, 0.0], [np.nan, np.nan]])
    trees = learned(units(planted(4, some)))
    low, high, unknown = scores(trees, columns)
    assert high - low == pytest.approx(0.3, abs=0.12)
    assert np.isfinite(unknown)
    assert scores(trees, np.empty((0, 2))).tolist() == []


def test_an_arm_in_which_nobody_converts_is_scored() -> None:
    experiment = planted(10, lambda v: 0 * v, 600)
    happens = experiment.outcomes[0].happened
    kept = experiment.units.arm[happens.unit] == 1
    what = Happened(happens.unit[kept], happens.at[kept], happens.amount[kept])
    exposed = experiment.units
    silent = units(trial(exposed.arm.tolist(), [0.0] * 600, what, traits=exposed.traits))
    score = scores(learned(silent), silent.columns)
    assert np.isfinite(score).all()
    assert score.mean() > 0.05


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = units(planted(11, some, 500))
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(RegularsError, match=r"run pip install 'regulars\[ml\]'"):
        learned(cohort)
