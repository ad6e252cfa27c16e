"""One address gets a step once, though two customers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.policy.conftest import Desk


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
