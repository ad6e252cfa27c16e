"""What the store holds, as a person reads it."""

from __future__ import annotations

import pytest
from regulars.segments.words import value_in_words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.3897163165986279, "0.3897"),
        (12.0, "12"),
        (1234.5678, "1,235"),
        (123456.789, "123,457"),
        (-0.25, "-0.25"),
        (0.0000123, "almost 0"),
        (0.0, "0"),
    ],
)
def test_a_score_has_the_digits_that_matter(value: float, said: str) -> None:
    assert value_in_words(value, "number") == said
