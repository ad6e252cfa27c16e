"""Numbers as people read them, also where they are out of all proportion."""

from __future__ import annotations

import pytest
from regulars_models.bayes_ab.wording import between, lift, span, window

SECOND, DAY = 1_000_000, 86_400_000_000


@pytest.mark.parametrize(
    ("within", "said"),
    [
        (SECOND, "1 second"),
        (90 * SECOND, "90 seconds"),
        (120 * SECOND, "2 minutes"),
        (36 * 3_600 * SECOND, "36 hours"),
        (DAY, "1 day"),
        (14 * DAY, "14 days"),
        (3_650 * DAY, "3,650 days"),
    ],
)
def test_a_window_is_told_exactly(within: int, said: str) -> None:
    assert window(within) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.123, "+12.3 %"), (-0.5, "-50.0 %"), (99.0, "x 100"), (1e19, "over x 1,000")],
)
def test_a_lift_has_no_more_digits_than_it_is_worth(share: float, said: str) -> None:
    assert lift(share) == said


def test_an_interval_that_hardly_knows_anything_is_short() -> None:
    assert span(-0.999, 8e22) == "-99.9 % to over x 1,000"


def test_after_between_stands_and() -> None:
    assert f"between {between(0.01, 0.2)}" == "between +1.0 % and +20.0 %"
