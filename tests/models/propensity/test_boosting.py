from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from regulars_models.boosted.leaves import Leaves
from regulars_models.boosted.trees import Trees
from regulars_models.propensity.boosting import boost
from regulars_models.soon.past import folds

from .planted import area, planted

PAST, _ = planted(600, 1)


@pytest.mark.parametrize("trees", [1, 40])
def test_bits_say_what_the_trees_say(trees: int) -> None:
    values = PAST.values.copy()
    values[PAST.came > 0, 0] = np.nan  # so that the unknown alone is asked about
    ensemble = import_module("sklearn.ensemble")  # it comes without types
    model = ensemble.HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, early_stopping=False
    )
    model.fit(values, PAST.came)
    leaves = Leaves.of(Trees.of([model]), 3, trees)
    said = list(model.staged_decision_function(values))[trees - 1].ravel()
    assert leaves.odds(values) == pytest.approx(said, abs=1e-12)
    edges = np.column_stack([np.resize(leaves.threshold, 50)] * 3)
    if trees == 40:
        assert leaves.odds(edges) == pytest.approx(model.decision_function(edges), abs=1e-12)


def test_what_matters_is_told_and_customers_not_seen_are_foreseen() -> None:
    found = boost(PAST, folds(PAST.customer, PAST.came, 1), 1)
    new, chance = planted(3000, 2)
    assert area(found.leaves.odds(new.values), new.came) > area(chance, new.came) - 0.03
    assert found.importance[:2].min() > 5 * found.importance[2]


def test_it_is_the_same_by_the_same_seed() -> None:
    fold = folds(PAST.customer, PAST.came, 1)
    first, second = boost(PAST, fold, 1), boost(PAST, fold, 1)
    assert (first.leaves.odds(PAST.values) == second.leaves.odds(PAST.values)).all()
    assert (first.importance == second.importance).all()


def test_of_noise_it_takes_few_trees() -> None:
    past, _ = planted(600, 3, signal=0.0)
    assert boost(past, folds(past.customer, past.came, 1), 1).trees <= 10
