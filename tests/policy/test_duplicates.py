"""One address gets a step once, though two customers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.customers.shares import stable_share, threshold
from regulars.playbook.policy import HOLDOUT_SEED
from regulars.store import tables
from sqlalchemy import update

from tests.policy.conftest import HEAD, NOON

if TYPE_CHECKING:
    from tests.policy.conftest import Desk

DAYS = ["2026-08-13T12:00Z", "2026-08-14T12:00Z", "2026-08-23T12:00Z"]


def share(desk: Desk, *keys: str, zone: str | None = None, plan: bool = True) -> None:
    """Customers with one address, and a message planned for each."""
    for key in keys:
        desk.customer(key, "x@example.com", zone=zone)
        if plan:
            desk.plan(key)


def got(desk: Desk, *later: str) -> list[str]:
    """Who got the step, when everything goes that may, now and at the instants ``later``."""
    for now in (NOON, *later):
        desk.run(now)
    names = {row.id: row.key for row in desk.all(desk.store.tables.customers)}
    sent = [row for row in desk.rows() if (row.state, row.journey) == ("sent", "welcome")]
    return [names[row.customer] for row in sent]


def test_of_equal_addresses_in_one_run_the_first_planned_goes(desk: Desk) -> None:
    for key, email in (("ada", "x@example.com"), ("bob", "X@EXAMPLE.com"), ("eve", "")):
        desk.customer(key, email)
        desk.plan(key)
    desk.plan("bob", journey="winback")
    assert desk.decide() == ["mail", "skipped(duplicate)", "mail", "mail"]


def test_another_customers_within_a_day_counts_too(desk: Desk) -> None:
    desk.customer("ada", "x@example.com")
    desk.customer("bob", "X@example.com")
    desk.customer("eve", "X@example.com")
    desk.plan("ada")
    desk.run("2026-08-12T12:00Z")
    desk.plan("bob")
    assert desk.decide("2026-08-13T11:59Z") == ["sent", "skipped(duplicate)"]
    desk.plan("eve")
    assert desk.decide("2026-08-13T12:00Z") == ["sent", "skipped(duplicate)", "mail"]


def test_the_same_customer_may_come_again_with_another_entry(desk: Desk) -> None:
    desk.customer("ada")
    desk.plan("ada")
    desk.run()
    desk.plan("ada")
    assert desk.decide() == ["sent", "mail"]


def test_two_entries_of_one_customer_never_send_a_step_twice_in_one_run(desk: Desk) -> None:
    desk.customer("ada")
    desk.plan("ada")
    desk.plan("ada")
    assert desk.decide() == ["mail", "skipped(duplicate)"]


def test_what_was_never_attempted_stands_in_nobodys_way(desk: Desk) -> None:
    desk.customer("ada", "x@example.com")
    desk.customer("bob", "x@example.com")
    desk.consent("ada", "offers", "", 0)
    desk.plan("ada")
    desk.run()
    desk.plan("bob")
    assert desk.decide() == ["skipped(consent)", "mail"]


@pytest.mark.parametrize(("then", "why"), [("drop", "cap"), ("hold", "duplicate")])
def test_the_second_gets_it_where_the_first_had_enough(desk: Desk, then: str, why: str) -> None:
    desk.write(f"policy: {{caps: [{{at_most: 1, per: 7d, then: {then}}}]}}\n")
    share(desk, "ada", "bob", "eve", plan=False)
    desk.plan("ada", journey="winback")
    desk.run()
    for key in ("ada", "bob", "eve"):
        desk.plan(key)
    assert desk.decide() == ["sent", f"skipped({why})", "mail", "skipped(duplicate)"]
    assert [row.hold_until for row in desk.rows()] == [None] * 4
    assert got(desk, *DAYS) == ["bob"]


@pytest.mark.parametrize(("then", "why"), [("drop", "quiet_hours"), ("hold", "duplicate")])
def test_the_second_gets_it_where_the_first_is_asleep(desk: Desk, then: str, why: str) -> None:
    desk.write(f'policy: {{quiet_hours: {{from: "21:00", to: "08:00", then: {then}}}}}\n')
    share(desk, "ada", zone="Asia/Tokyo")
    share(desk, "bob", "eve")
    assert desk.decide() == [f"skipped({why})", "mail", "skipped(duplicate)"]
    assert [row.hold_until for row in desk.rows()] == [None] * 3
    assert got(desk, *DAYS) == ["bob"]


def test_the_second_gets_it_where_the_first_is_held_out(desk: Desk) -> None:
    desk.write("policy: {holdout: 50%}\n")
    keys = [f"c{n}" for n in range(20)]
    out = [key for key in keys if stable_share(HOLDOUT_SEED, key) < threshold(0.5)]
    inside = [key for key in keys if key not in out]
    share(desk, out[0], *inside[:2], out[1])
    held_out = "skipped(holdout)"
    assert desk.decide() == [held_out, "mail", "skipped(duplicate)", held_out]
    assert len(desk.all(tables.exposures)) == 4  # their arms are compared whoever goes first
    assert got(desk, *DAYS) == inside[:1]


def test_while_all_of_them_wait_nobody_is_dropped(desk: Desk) -> None:
    desk.write('policy: {quiet_hours: {from: "11:00", to: "13:00"}}\n')
    share(desk, "ada", zone="Etc/GMT+1")  # where the clock is an hour behind
    share(desk, "bob")
    assert desk.decide("2026-08-12T12:30Z") == ["held(quiet_hours)"] * 2
    assert desk.decide("2026-08-12T13:00Z") == ["skipped(duplicate)", "mail"]
    assert desk.rows()[0].hold_until is None


def test_of_those_who_wait_for_a_person_one_goes(desk: Desk) -> None:
    desk.write(head=HEAD.replace("hello: {topic", "hello: {approve: true, topic"))
    share(desk, "ada", "bob")
    assert desk.decide() == ["held(approval)"] * 2
    with desk.store.transaction() as connection:
        connection.execute(update(tables.approvals).values(state="approved"))
    assert desk.decide() == ["mail", "skipped(duplicate)"]


def test_who_sleeps_waits_for_nothing_that_their_address_had(desk: Desk) -> None:
    desk.write('policy: {quiet_hours: {from: "21:00", to: "08:00"}}\n')
    share(desk, "ada")
    desk.run()
    share(desk, "bob", zone="Asia/Tokyo")
    assert desk.decide() == ["sent", "skipped(duplicate)"]
    assert desk.rows()[1].hold_until is None


def test_another_customers_before_counts_though_a_later_one_is_ones_own(desk: Desk) -> None:
    share(desk, "ada")
    share(desk, "bob", plan=False)
    desk.run()
    desk.plan("bob")
    desk.plan("ada")  # may come again, and bob's doesn't stand in the way
    assert desk.decide() == ["sent", "skipped(duplicate)", "mail"]


THIRD = "  third: {when: {event: order}, steps: [{send: hello}]}\n"
LATER = "2026-08-12T13:00Z"


@pytest.mark.parametrize("then", ["drop", "hold"])
def test_a_duplicate_takes_no_room_of_another_message(desk: Desk, then: str) -> None:
    desk.write(f"{THIRD}policy: {{caps: [{{at_most: 1, per: 7d, then: {then}}}]}}\n")
    share(desk, "ada", "bob")
    desk.plan("bob", journey="third", due=LATER)
    assert desk.run(LATER) == ["sent", "skipped(duplicate)", "sent"]
    share(desk, "eve")
    desk.plan("eve", journey="third", due=LATER)
    assert desk.run(LATER)[3:] == ["skipped(duplicate)", "skipped(duplicate)"]


@pytest.mark.parametrize("then", ["drop", "hold"])
def test_two_entries_of_one_customer_take_the_room_of_one(desk: Desk, then: str) -> None:
    desk.write(f"{THIRD}policy: {{caps: [{{at_most: 2, per: 7d, then: {then}}}]}}\n")
    share(desk, "ada")
    desk.plan("ada")
    desk.plan("ada", journey="third", due=LATER)
    assert desk.run(LATER) == ["sent", "skipped(duplicate)", "sent"]


def test_whose_turn_comes_first_gets_it_and_the_other_keeps_their_room(desk: Desk) -> None:
    desk.write(THIRD + "policy: {caps: [{at_most: 2, per: 7d}]}\n")
    share(desk, "ada", "bob")
    desk.plan("ada", journey="winback")  # goes before the one that ada shares with bob
    desk.plan("ada", journey="third", due=LATER)
    assert desk.run(LATER) == ["skipped(duplicate)", "sent", "sent", "sent"]
    assert desk.run(LATER) == ["skipped(duplicate)", "sent", "sent", "sent"]
