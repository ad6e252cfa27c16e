from __future__ import annotations

import numpy as np
import pytest
from regulars_models.soon.encoding import Encoding

VALUES = np.array([[1.0, np.nan], [10, 3], [100, np.nan], [1000, 5], [0, 4]])


def test_long_tails_are_tamed_and_all_traits_are_of_one_size() -> None:
    features = Encoding.of(VALUES).features(VALUES)
    assert features[:, 0].mean() == pytest.approx(0)
    assert features[:, 0].std() == pytest.approx(1)
    assert features[3, 0] < 2


def test_what_is_unknown_counts_as_the_mean_and_is_marked() -> None:
    encoding = Encoding.of(VALUES)
    assert encoding.features(VALUES)[[0, 2], 1].tolist() == [0, 0]
    assert encoding.features(VALUES)[:, 2].tolist() == [1, 0, 1, 0, 0]
    assert encoding.names(["spend", "gap"]) == ["spend", "gap", "gap unknown"]
    assert encoding.typical.tolist() == [10, 4]


def test_it_is_the_same_after_it_was_kept() -> None:
    encoding = Encoding.of(VALUES)
    kept = Encoding.from_arrays(encoding.arrays())
    assert (kept.features(VALUES) == encoding.features(VALUES)).all()


@pytest.mark.parametrize(
    "values",
    [
        np.empty((0, 2)),
        np.full((3, 2), np.nan),
        np.zeros((3, 2)),
        np.array([[-1e300, 1e300]]),
        np.array([[1e-320, -5.0], [3.0, 7.0]]),
    ],
)
def test_values_of_any_kind_give_finite_features(values: np.ndarray) -> None:
    encoding = Encoding.of(values)
    assert np.isfinite(encoding.features(values)).all()
    assert np.isfinite(encoding.features(np.array([[-4.0, np.nan]]))).all()


def test_what_most_dont_have_is_typically_unknown() -> None:
    assert np.isnan(Encoding.of(np.array([[1.0], [np.nan], [np.nan]])).typical[0])
