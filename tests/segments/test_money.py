"""Sums of money don't misclassify at a boundary, on any database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import fit, inside, make_playbook, run, utc, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.store import Store

NOW = utc(2026, 3, 31, 12)


def matches(store: Store, totals: Sequence[str], **test: Any) -> bool:
    playbook = make_playbook({"mine": {"performed": "order", **test}})
    fit(store, playbook)
    events = tuple(
        Event(number, NOW, "order", {"total": total}) for number, total in enumerate(totals, 1)
    )
    write(store, playbook, [Person("ada", events=events)])
    run(store, playbook, NOW)
    return inside(store, "mine") == ["ada"]


def test_ten_times_ten_cents_are_a_dollar(store: Store) -> None:
    assert matches(store, ["0.10"] * 10, sum="total", at_least=1.00)


def test_ten_times_ten_cents_are_no_more_than_a_dollar(store: Store) -> None:
    assert not matches(store, ["0.10"] * 10, sum="total", more_than=1)


def test_three_times_ten_cents_are_thirty(store: Store) -> None:
    assert matches(store, ["0.1", "0.1", "0.1"], **{"sum": "total", "is": 0.3})


def test_a_millionth_short_of_the_limit_is_short(store: Store) -> None:
    assert not matches(store, ["99.999999"], sum="total", at_least=100)


def test_a_limit_finer_than_a_millionth_counts_exactly(store: Store) -> None:
    assert not matches(store, ["0.1"], sum="total", at_least=0.1000000001)


def test_the_mean_of_equal_amounts_is_that_amount(store: Store) -> None:
    assert matches(store, ["0.1"] * 3, **{"average": "total", "is": 0.1})


def test_large_sums_stay_exact(store: Store) -> None:
    totals = ["4000000000", "0.000001"]
    assert matches(store, totals, sum="total", more_than=4_000_000_000)


@pytest.mark.parametrize("limit", [1e300, 10**400, float("inf")])
def test_a_limit_beyond_every_amount_holds_nobody(sqlite_store: Store, limit: float) -> None:
    assert not matches(sqlite_store, ["5"], sum="total", at_least=limit)
