"""Events become x, t_x, T and z̄, as the published summary of CDNOW has them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from regulars_models.btyd.summary import summarise

from tests.models.btyd.cdnow import cdnow

ZONE = ZoneInfo("UTC")
DAY = 86_400_000_000
HOUR = DAY // 24
# Of lines "ID,x,t_x,T,zbar" with two digits, as lifetimes 0.11.3 ships them for CDNOW.
PUBLISHED = "ca7e9542c02c751cf8069fe89948b016b2666781068b61d224c8cbe74a246cc8"


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def test_every_customer_of_cdnow_is_as_published() -> None:
    made = cdnow().summary
    columns = zip(made.customer, made.repeats, made.recency, made.age, made.spend, strict=True)
    lines = [f"{who},{x:.0f},{t_x:.2f},{age:.2f},{z:.2f}" for who, x, t_x, age, z in columns]

    assert lines[:2] == ["1,2,30.43,38.86,22.35", "2,1,1.71,38.86,11.77"]
    assert (len(made), made.repeats.sum(), len(cdnow().rows)) == (2357, 2457, 1016)
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == PUBLISHED


def test_purchases_of_one_day_are_one_with_their_sum() -> None:
    at = [0, HOUR, 7 * DAY, 7 * DAY + HOUR, 14 * DAY]
    made = summarise([5] * 5, at, [1, 2, 10, 20, 40], 21 * DAY, ZONE)

    assert (made.repeats[0], made.recency[0], made.age[0], made.spend[0]) == (2, 2, 3, 35)


def test_what_comes_later_changes_nothing() -> None:
    before = summarise([1, 2], [0, DAY], [3, 4], 2 * DAY, ZONE)
    after = summarise([1, 2, 2, 3], [0, DAY, 2 * DAY + 1, 3 * DAY], [3, 4, 9, 9], 2 * DAY, ZONE)

    assert after.customer.tolist() == before.customer.tolist() == [1, 2]
    assert after.repeats.tolist() == before.repeats.tolist() == [0, 0]


def test_an_event_at_the_instant_counts() -> None:
    assert summarise([1, 1], [0, 7 * DAY], None, 7 * DAY, ZONE).repeats.tolist() == [1]


def test_a_day_is_one_on_the_clock_of_the_zone() -> None:
    evening_and_night = [micros("2026-06-01T21:30"), micros("2026-06-01T22:30")]
    until = micros("2026-06-08T00:00")

    assert summarise([1, 1], evening_and_night, None, until, ZONE).repeats.tolist() == [0]
    berlin = ZoneInfo("Europe/Berlin")
    assert summarise([1, 1], evening_and_night, None, until, berlin).repeats.tolist() == [1]


def test_customers_come_out_in_order_whatever_the_order_of_events() -> None:
    chance = np.random.default_rng(1)
    who, at = chance.integers(0, 50, 500), chance.integers(0, 300 * DAY, 500)
    amount = chance.integers(1, 1000, 500) / 100
    mixed = chance.permutation(500)
    one = summarise(who, at, amount, 300 * DAY, ZONE)
    other = summarise(who[mixed], at[mixed], amount[mixed], 300 * DAY, ZONE)

    for name in ("customer", "repeats", "recency", "age", "spend"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("amount", [[5, -3, -4], [0, 0, 0], [1, float("nan"), float("nan")]])
def test_amounts_of_nothing_and_below_are_numbers(amount: list[float]) -> None:
    made = summarise([1, 1, 1], [0, DAY, 2 * DAY], amount, 3 * DAY, ZONE)

    assert made.spend[0] == np.nan_to_num(amount[1:]).mean()


def test_amounts_that_are_no_coins_keep_their_digits() -> None:
    amount = [1 / 3, 2 / 3, 1 / 7]

    made = summarise([1, 1, 1], [0, DAY, 2 * DAY], amount, 3 * DAY, ZONE)
    assert made.spend[0] == (2 / 3 + 1 / 7) / 2


def test_no_events_are_no_customers() -> None:
    assert len(summarise([], [], [], DAY, ZONE)) == 0
    assert len(summarise([1], [2 * DAY], [1], DAY, ZONE)) == 0
