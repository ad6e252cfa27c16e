"""Batches: everything once, in its order, never more at a time than was asked for."""

from __future__ import annotations

from itertools import chain, count, islice

from hypothesis import given
from hypothesis import strategies as st
from regulars.batches import batches


@given(st.lists(st.integers(), max_size=50), st.integers(1, 20))
def test_batches_are_the_whole_and_full_but_for_the_last(items: list[int], size: int) -> None:
    parts = list(batches(iter(items), size))
    assert list(chain.from_iterable(parts)) == items
    assert all(len(part) == size for part in parts[:-1])
    assert all(0 < len(part) <= size for part in parts)


def test_no_more_is_taken_than_is_asked_for() -> None:
    numbers = count()
    assert list(islice(batches(numbers, 3), 2)) == [[0, 1, 2], [3, 4, 5]]
    assert next(numbers) == 6
