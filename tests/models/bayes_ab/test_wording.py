"""Numbers as people read them, also where they are out of all proportion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.hooks import DAY
from regulars_models.bayes_ab.wording import UNITS, between, estimate, lift, span, window

if TYPE_CHECKING:
    from regulars.hooks import GoalKind

SECOND = 1_000_000


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


def test_an_interval_has_its_unit_once() -> None:
    assert span(-0.072, 0.116) == "-7.2 to +11.6 %"
    assert estimate(0.018, -0.072, 0.116) == "+1.8 %, -7.2 to +11.6 %"


@pytest.mark.parametrize(
    ("kind", "own", "relative", "said"),
    [
        ("conversion", 0.0021, 0.045, "0.21 pp (4.5 %)"),
        ("count", 0.01, 0.5, "0.30 (50 %)"),
        ("revenue", 1234.5, 12.5, "1,234 (1,250 %)"),
        ("mean", 0.02, None, "0.020"),
        ("mean", None, None, "-"),
    ],
)
def test_a_loss_is_told_in_its_own_unit_and_as_a_share(
    kind: GoalKind, own: float | None, relative: float | None, said: str
) -> None:
    assert UNITS[kind].loss(own, relative) == said


def test_a_value_has_the_digits_that_its_interval_lets_matter() -> None:
    rate = UNITS["conversion"]
    assert rate.writer([(0.093, 0.233), (0.05, 0.06)])(0.15) == "15.00 %"
    assert rate.writer([(0.0500, 0.0501)])(0.05005) == "5.0050 %"
    assert UNITS["revenue"].writer([])(11.2) == "11.20"


def test_after_between_stands_and() -> None:
    assert f"between {between(0.01, 0.2)}" == "between +1.0 % and +20.0 %"
