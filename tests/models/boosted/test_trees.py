"""Trees as arrays say what scikit-learn's own say."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.boosted.leaves import expect
from regulars_models.boosted.trees import Trees
from sklearn.ensemble import (  # type: ignore[import-untyped]
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)


def test_they_expect_what_the_models_do_that_they_were_made_of() -> None:
    random = np.random.default_rng(1)
    columns = random.normal(size=(2000, 3))
    columns[random.random(columns.shape) < 0.1] = np.nan
    amount = np.nan_to_num(columns[:, 0]) + random.normal(size=2000)
    regressor = HistGradientBoostingRegressor(max_iter=20, max_leaf_nodes=8).fit(columns, amount)
    classifier = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8).fit(
        columns, amount > 1
    )
    single = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8).fit(
        columns, np.ones(2000)
    )

    trees = Trees.of([regressor, classifier, single])
    expected = expect(Trees.from_arrays(trees.arrays()), columns)

    assert expected[0] == pytest.approx(regressor.predict(columns), rel=1e-9)
    assert expected[1] == pytest.approx(classifier.predict_proba(columns)[:, 1], rel=1e-9)
    assert expected[2].tolist() == [1.0] * 2000
