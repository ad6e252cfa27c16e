"""Who can be learned from is told, and who can't is told in words."""

from __future__ import annotations

import numpy as np
from regulars_models.bayes_ab.uplift.cohort import FOLDS, cohort

from tests.models.bayes_ab.planted import nothing, trial

from .planted import TRAITS, planted, some, units


def test_every_fold_has_as_many_of_each_arm() -> None:
    found = units(planted(1, some))
    for side in (found.treated, ~found.treated):
        sizes = np.bincount(found.fold[side], minlength=FOLDS)
        assert np.ptp(sizes) <= 1


def test_too_few_nothing_happening_and_other_goals_are_told_in_words() -> None:
    few = planted(9, some, 100)
    assert "Uplift needs 100 units in each arm" in str(cohort(few, few.outcomes[0], TRAITS))
    arms, traits = [0, 1] * 200, {"visits": np.arange(400.0)}
    still = trial(arms, [0.0] * 400, nothing(), traits=traits)
    assert "nothing to learn from" in str(cohort(still, still.outcomes[0], ["visits"]))
    late = planted(9, some, 500, kind="time")
    assert "can't be told for a time" in str(cohort(late, late.outcomes[0], TRAITS))
    one = trial([0] * 5, [0.0] * 5, nothing(), names=("only",))
    assert "only one arm" in str(cohort(one, one.outcomes[0], TRAITS))
    assert "needs traits" in str(cohort(late, late.outcomes[0], []))
