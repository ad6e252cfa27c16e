"""The ledger: one owner a claim, one answer, and nothing from the dead."""

from __future__ import annotations

from typing import Any

import pytest
from regulars.delivery.ledger import Claim, Ledger
from regulars.delivery.outcomes import ACCEPTED, RELEASED
from regulars.delivery.owners import me
from regulars.instants import micros
from regulars.store import tables
from sqlalchemy import update

NOW = 1_785_574_800_000_000
ELSEWHERE = "other-host/00000000:1:5:abcd"


def claim(shop: Any, ledger: Ledger, limit: int = 10, **words: Any) -> list[Claim]:
    with shop.store.transaction() as connection:
        return ledger.claim(connection, limit, **words)


def settle(shop: Any, ledger: Ledger, *answers: Any) -> list[Claim]:
    with shop.store.transaction() as connection:
        return ledger.settle(connection, answers)


def recover(shop: Any, ledger: Ledger, *, may_repeat: bool = False) -> int:
    with shop.store.transaction() as connection:
        return ledger.recover(connection, lambda *_: may_repeat)


def renew(shop: Any, claims: list[Claim]) -> list[Claim]:
    with shop.store.transaction() as connection:
        return Ledger(ELSEWHERE, 1, NOW).renew(connection, claims)


def expire(shop: Any) -> None:
    with shop.store.transaction() as connection:
        connection.execute(update(tables.deliveries).values(lease_until=1))


def test_claims_go_in_order_and_to_one_owner(shop: Any) -> None:
    shop.plan(*["a@x.example"] * 5)
    first, second = Ledger(me(), 1, NOW), Ledger(me(), 1, NOW)
    assert [c.customer for c in claim(shop, first, 3)] == [1, 2, 3]
    assert [c.customer for c in claim(shop, second, 3)] == [4, 5]
    assert claim(shop, first) == []


def test_a_channel_that_is_away_is_not_claimed(shop: Any) -> None:
    shop.plan("a@x.example")
    shop.plan("a@x.example", channel="careful")
    away = claim(shop, Ledger(me(), 1, NOW), away={"note"})
    assert [c.channel for c in away] == ["careful"]


def test_a_claim_is_there_for_everybody_before_its_answer(shop: Any) -> None:
    shop.plan("a@x.example")
    ledger = Ledger(me(), 1, NOW)
    (claimed,) = claim(shop, ledger)
    (row,) = shop.rows()
    assert (row.state, row.owner, row.fence, row.attempts) == ("claimed", ledger.owner, 1, 1)
    assert settle(shop, ledger, (claimed, ACCEPTED)) == []
    assert shop.decisions() == [("sent", None)]


def test_a_late_answer_is_refused_when_its_fence_is_stale(shop: Any) -> None:
    shop.plan("a@x.example", "b@x.example")
    slow = Ledger(ELSEWHERE, 1, NOW)
    late, other = claim(shop, slow)
    expire(shop)
    quick = Ledger(me(), 2, NOW)
    assert recover(shop, quick, may_repeat=True) == 2
    (again,) = claim(shop, quick, 1)
    assert again.id == late.id
    assert again.fence > late.fence
    assert settle(shop, slow, (late, ACCEPTED), (other, ACCEPTED)) == [late, other]
    assert shop.decisions() == [("claimed", None), ("planned", None)]
    assert settle(shop, quick, (again, ACCEPTED)) == []
    assert shop.rows()[0].decided_by == 2


def test_an_answer_is_written_once(shop: Any) -> None:
    shop.plan("a@x.example")
    ledger = Ledger(me(), 1, NOW)
    (claimed,) = claim(shop, ledger)
    assert settle(shop, ledger, (claimed, ACCEPTED)) == []
    assert settle(shop, ledger, (claimed, RELEASED)) == [claimed]
    assert shop.decisions() == [("sent", None)]


def test_what_a_living_owner_holds_is_left_alone(shop: Any) -> None:
    shop.plan("a@x.example")
    claim(shop, Ledger(me(), 1, NOW))
    assert recover(shop, Ledger(me(), 2, NOW)) == 0
    claim_elsewhere(shop)
    assert recover(shop, Ledger(me(), 2, NOW)) == 0


def claim_elsewhere(shop: Any) -> None:
    shop.plan("b@x.example")
    claim(shop, Ledger(ELSEWHERE, 1, NOW))


@pytest.mark.parametrize(
    ("may_repeat", "state"), [(False, ("unknown", "interrupted")), (True, ("planned", None))]
)
def test_what_a_process_that_ended_here_left_is_taken_back_at_once(
    shop: Any, *, may_repeat: bool, state: tuple[str, str | None]
) -> None:
    shop.plan("a@x.example")
    here, pid, _, token = me().rsplit(":", 3)
    claim(shop, Ledger(f"{here}:{pid}:1:{token}", 1, NOW))
    assert recover(shop, Ledger(me(), 2, NOW), may_repeat=may_repeat) == 1
    assert shop.decisions() == [state]


def test_what_is_held_elsewhere_is_taken_back_when_its_lease_has_ended(shop: Any) -> None:
    claim_elsewhere(shop)
    expire(shop)
    assert recover(shop, Ledger(me(), 7, NOW)) == 1
    (row,) = shop.rows()
    assert (row.state, row.reason, row.decided_by) == ("unknown", "interrupted", 7)
    assert "ask the provider" in row.detail


def test_a_lease_can_be_prolonged(shop: Any) -> None:
    shop.plan("b@x.example")
    claims = claim(shop, Ledger(ELSEWHERE, 1, NOW))
    expire(shop)
    assert renew(shop, claims) == []
    assert recover(shop, Ledger(me(), 2, NOW)) == 0


def test_a_claim_that_was_taken_away_is_told_when_it_is_prolonged(shop: Any) -> None:
    shop.plan("a@x.example", "b@x.example")
    elsewhere = Ledger(ELSEWHERE, 1, NOW)
    (first,) = claim(shop, elsewhere, 1)
    expire(shop)
    recover(shop, Ledger(me(), 2, NOW), may_repeat=True)
    again = claim(shop, elsewhere)
    assert renew(shop, [first, *again[1:]]) == [first], "its own number, but a claim that is gone"
    assert renew(shop, again) == []


def test_a_released_claim_counts_as_no_attempt(shop: Any) -> None:
    shop.plan("a@x.example")
    ledger = Ledger(me(), 1, NOW)
    (claimed,) = claim(shop, ledger)
    settle(shop, ledger, (claimed, RELEASED))
    (row,) = shop.rows()
    assert (row.state, row.attempts, row.decided_by, row.settled_at) == ("planned", 0, None, None)


def test_the_decision_is_dated_by_the_run(shop: Any) -> None:
    shop.plan("a@x.example")
    shop.deliver()
    (row,) = shop.rows()
    assert row.settled_at == micros(shop.scope().now)
