"""Numbers by name, for millions of names."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.customers.loading import packed_names
from regulars.customers.loading.packed_names import PackedNames

NAMES = st.dictionaries(st.text(max_size=3), st.integers(0, 2**62), max_size=40)


@given(st.lists(NAMES, max_size=6), st.lists(st.text(max_size=3)))
def test_it_answers_as_a_dictionary_would(parts: list[dict[str, int]], others: list[str]) -> None:
    expected: dict[str, int] = {}
    packed = PackedNames()
    for part in parts:
        new = {name: number for name, number in part.items() if name not in expected}
        packed.add(new)
        expected |= new
    asked = [*expected, *others]
    numbers, known = packed.look_up(asked)
    assert numbers.tolist() == [expected.get(name, 0) for name in asked]
    assert known.tolist() == [name in expected for name in asked]
    assert sorted(packed.without(set(asked))) == sorted(set(others) - set(expected))


@pytest.mark.parametrize("hashes", [1, 3])
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@given(part=NAMES)
def test_names_with_one_hash_are_told_apart_by_the_other(
    monkeypatch: pytest.MonkeyPatch, hashes: int, part: dict[str, int]
) -> None:
    first = packed_names._first
    monkeypatch.setattr(packed_names, "_first", lambda names: first(names) % hashes)
    packed = PackedNames()
    packed.add(part)
    numbers, known = packed.look_up(list(part))
    monkeypatch.undo()
    assert known.all()
    assert numbers.tolist() == list(part.values())


def test_texts_of_the_same_bytes_are_two() -> None:
    packed = PackedNames()
    packed.add({"aa": 1, "\u6161": 2})
    assert packed.look_up(["aa", "\u6161"])[0].tolist() == [1, 2]


def test_known_names_may_be_added_again() -> None:
    packed = PackedNames()
    packed.add({"a": 1})
    packed.add({"a": 1, "b": 2})
    assert packed.look_up(["a", "b"])[0].tolist() == [1, 2]
