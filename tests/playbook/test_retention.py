"""Whether a window is one that retention leaves whole."""

from __future__ import annotations

import pytest
from regulars.playbook.retention import Retention
from regulars.values import PositiveDuration


@pytest.mark.parametrize(
    ("kept", "within", "covered"),
    [
        ("2y", "2y", True),
        ("2y", "24mo", True),
        ("2y", "25mo", False),
        ("90d", "90d", True),
        ("90d", "13w", False),
        ("2y", "729d", True),
        ("2y", "730d", False),  # in a zone with clock changes it may begin an hour earlier
        ("367d", "1y", True),
        ("366d", "1y", False),
        ("1mo", "27d", True),
        ("1mo", "28d", False),
    ],
)
def test_a_window_is_covered_only_if_it_always_is(kept: str, within: str, covered: bool) -> None:  # noqa: FBT001
    retention = Retention.model_validate({"events": kept})
    assert retention.covers(PositiveDuration.parse(within)) is covered


def test_all_that_ever_happened_is_never_covered() -> None:
    assert not Retention.model_validate({"events": "99999y"}).covers(None)
