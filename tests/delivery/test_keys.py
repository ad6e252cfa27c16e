"""The delivery key."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from regulars.delivery.keys import delivery_key

PARTS = st.lists(st.text(max_size=4), min_size=1, max_size=6)


@given(PARTS, PARTS)
def test_different_parts_give_different_keys(some: list[str], others: list[str]) -> None:
    assert (delivery_key(*some) == delivery_key(*others)) == (some == others)


@given(st.text())
def test_a_key_is_safe_wherever_it_is_written(hostile: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", delivery_key("bakery", hostile))
