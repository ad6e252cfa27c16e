"""Customers with the same history are one row, and nothing is lost by it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.btyd.compression import compress, distinct, history, pairs

HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.one_of(st.integers(0, 9).map(lambda day: day / 7), st.floats(0, 2)),
        st.one_of(st.integers(14, 21).map(lambda day: day / 7), st.floats(2, 3)),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(HISTORIES)
def test_rows_are_the_histories_with_how_often_each_is_there(
    known: list[tuple[int, float, float]],
) -> None:
    whole = history(*zip(*known, strict=True))
    rows = compress(whole)
    some, place = distinct(whole)

    seen = list(zip(rows.history.repeats, rows.history.recency, rows.history.age, strict=True))
    assert seen == sorted(set(known))
    assert rows.count.tolist() == [known.count(each) for each in seen]
    assert rows.customers == len(known)
    for name in ("repeats", "recency", "age"):
        column, values = getattr(rows, name), getattr(rows.history, name)
        assert (column.values[column.code] == values).all()
        assert column.values.tolist() == sorted(set(values))
        assert (getattr(some, name)[place] == getattr(whole, name)).all()


def test_pairs_are_x_with_a_time() -> None:
    found = pairs(np.array([1.0, 0.0, 1.0]), np.array([3.5, 0.0, 3.5]))

    assert (found.repeats.tolist(), found.time.tolist()) == ([0, 1], [0, 3.5])
    assert found.code.tolist() == [1, 0, 1]
    assert found.sums(np.array([1.0, 10.0, 100.0])).tolist() == [10, 101]


def test_a_sample_is_as_large_as_asked_and_like_the_whole() -> None:
    chance = np.random.default_rng(1)
    x = chance.geometric(0.4, 30_000) - 1.0
    rows = compress(history(x, np.minimum(x, 9), np.full(len(x), 10.0)))
    part = rows.sample(1_000)

    assert part.customers == pytest.approx(1_000, abs=1)
    mean = part.count @ part.history.repeats / part.customers
    assert mean == pytest.approx(x.mean(), abs=0.01)
    assert rows.sample(30_000) is rows


@pytest.mark.parametrize(
    ("x", "t_x", "end"),
    [
        ([-1], [0], [1]),
        ([1], [2], [1]),
        ([1], [-1], [1]),
        ([1], [0], [float("inf")]),
        ([float("nan")], [0], [1]),
        ([1], [float("nan")], [1]),
    ],
)
def test_what_can_be_no_history_is_refused(
    x: list[float], t_x: list[float], end: list[float]
) -> None:
    with pytest.raises(ValueError, match="0 ≤ t_x ≤ T"):
        history(x, t_x, end)


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        history([1, 2], [0], [1])
