"""What the store holds, as a person reads it."""

from __future__ import annotations

import pytest
from regulars.segments.words import days_ago_in_words, value_in_words


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


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (254.12, "254 days ago"),
        (1.2, "yesterday"),
        (0.4, "today"),
        (-1.0, "tomorrow"),
        (-3.0, "in 3 days"),
        (1500.0, "1,500 days ago"),
    ],
)
def test_days_are_told_as_people_count_them(days: float, said: str) -> None:
    assert days_ago_in_words(days) == said
