"""Whether two answers of a model are one."""

from __future__ import annotations

import numpy as np
import pytest
from regulars.hooks import Fitted
from regulars.testing.comparing import same_learned, same_scores

FITTED = Fitted({"r": 0.5}, {"x": np.array([1.0, np.nan])}, {"rows": np.int64(3)}, {"auc": 0.7})


@pytest.mark.parametrize(
    "other",
    [
        Fitted({"r": 0.6}, FITTED.arrays, FITTED.diagnostics, FITTED.metrics),
        Fitted(FITTED.parameters, {"x": np.array([1.0, 2])}, FITTED.diagnostics, FITTED.metrics),
        Fitted(FITTED.parameters, FITTED.arrays, {"rows": 4}, FITTED.metrics),
        Fitted(FITTED.parameters, FITTED.arrays, FITTED.diagnostics, {"auc": 0.8}),
        Fitted(FITTED.parameters, FITTED.arrays, FITTED.diagnostics, FITTED.metrics, {"r": 1.0}),
        "there are 3 orders; 5 are needed",
    ],
)
def test_whatever_differs_between_two_fits_is_seen(other: Fitted | str) -> None:
    assert same_learned(FITTED, Fitted(*vars(FITTED).values()))
    assert not same_learned(FITTED, other)


def test_scores_may_differ_in_their_last_digits_alone() -> None:
    said = {"risk": np.array([0.25, None], dtype=object)}
    assert same_scores(said, {"risk": np.array([0.25 + 1e-12, None], dtype=object)})
    assert not same_scores(said, {"risk": np.array([0.25, 0.0], dtype=object)})
    assert not same_scores(said, {"risk": np.array([0.25], dtype=object)})
