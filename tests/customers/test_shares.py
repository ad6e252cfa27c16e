"""Stable shares: even, independent between seeds, the same for ever."""

from __future__ import annotations

import pytest
from regulars.customers.shares import SHARES, stable_share, threshold


def test_a_share_is_the_same_for_ever() -> None:
    assert stable_share("spring", "ada") == 4_596_159_510_866_085
    assert stable_share("", "") == 2_896_202_227_987_086


def test_seed_and_customer_are_told_apart() -> None:
    assert stable_share("ab", "c") != stable_share("a", "bc")


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_a_share_takes_about_its_part(share: float) -> None:
    taken = sum(stable_share("seed", str(n)) < threshold(share) for n in range(20_000))
    assert taken == pytest.approx(20_000 * share, abs=5 * (20_000 * share * (1 - share)) ** 0.5)


def test_two_seeds_are_independent() -> None:
    both = sum(
        stable_share("spring", str(n)) < threshold(0.5)
        and stable_share("autumn", str(n)) < threshold(0.5)
        for n in range(20_000)
    )
    assert both == pytest.approx(5_000, abs=5 * 61)


def test_nothing_takes_nobody_and_everything_everybody() -> None:
    assert threshold(0) == 0
    assert threshold(1) == SHARES
