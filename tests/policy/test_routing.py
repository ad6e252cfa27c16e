"""Routing: the first channel that has an address, is not suppressed and is agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.customers.privacy.erased import remember_key
from regulars.customers.suppressions import suppress, suppress_erased
from regulars.errors import StoreError
from regulars.signing import signing_key

from tests.policy.conftest import HEAD

if TYPE_CHECKING:
    from tests.policy.conftest import Desk


def test_a_suppressed_address_sends_the_message_another_way(desk: Desk) -> None:
    desk.customer("ada", phone="+1555")
    desk.customer("bob")
    with desk.store.transaction() as connection:
        suppress(connection, {"ADA@example.com": "bounce", "bob@example.com": "complaint"}, 0)
    for key in ("ada", "bob"):
        desk.plan(key)
    assert desk.decide() == ["sms", "skipped(suppressed)"]
    assert desk.rows()[0].address == "+1555"


@pytest.mark.parametrize(
    ("reason", "verdicts"),
    [
        ("bounce", ["skipped(suppressed)", "skipped(suppressed)"]),
        ("complaint", ["skipped(suppressed)", "mail"]),
        ("unsubscribed", ["skipped(suppressed)", "mail"]),
    ],
)
def test_only_a_dead_address_stops_what_a_customer_asked_for(
    desk: Desk, reason: str, verdicts: list[str]
) -> None:
    desk.customer("ada")
    with desk.store.transaction() as connection:
        suppress(connection, {"ada@example.com": reason}, 0)
    desk.plan("ada")
    desk.plan("ada", "receipt", journey="bought")
    assert desk.decide() == verdicts


def test_an_erased_address_is_recognised_without_being_kept(desk: Desk) -> None:
    secret = signing_key(desk.loaded.playbook, make=True)
    with desk.store.transaction() as connection:
        remember_key(connection, secret)
        suppress(connection, {"ada@example.com": "bounce"}, 0)
        suppress_erased(connection, secret, ["Ada@Example.com"], 0)
    desk.customer("ada")
    desk.customer("bob", phone="+1555")
    desk.plan("ada", "receipt", journey="bought")
    desk.plan("bob", "receipt", journey="bought")
    assert desk.decide() == ["skipped(suppressed)", "mail"]


def test_an_erased_address_is_never_written_to_because_its_key_is_lost(corner: Desk) -> None:
    with corner.store.transaction() as connection:
        remember_key(connection, b"k" * 32)
        suppress_erased(connection, b"k" * 32, ["ada@example.com"], 0)
    corner.customer("bob")
    corner.plan("bob")
    with pytest.raises(StoreError, match="put the key back"):
        corner.decide()


def test_the_word_for_the_channel_counts_before_the_one_for_all(desk: Desk) -> None:
    desk.customer("ada", phone="+1555")
    desk.consent("ada", "offers", "mail", 0)
    desk.consent("ada", "offers", "", 1)
    desk.plan("ada")
    assert desk.decide() == ["sms"]


def test_without_a_word_the_basis_of_the_topic_counts(desk: Desk) -> None:
    desk.customer("ada")
    desk.plan("ada")
    desk.plan("ada", "letter", journey="winback")
    desk.plan("ada", "receipt", journey="bought")
    assert desk.decide() == ["mail", "skipped(consent)", "mail"]


def test_a_no_to_everything_stops_all_but_what_was_asked_for(desk: Desk) -> None:
    desk.customer("ada")
    desk.consent("ada", "news", "", 1, "2026-08-01T00:00Z")
    desk.consent("ada", "", "", 0, "2026-08-02T00:00Z")
    for message, journey in (("hello", "welcome"), ("letter", "winback"), ("receipt", "bought")):
        desk.plan("ada", message, journey=journey)
    assert desk.decide() == ["skipped(consent)", "skipped(consent)", "mail"]


def test_a_later_yes_to_a_topic_takes_the_no_to_everything_back(desk: Desk) -> None:
    desk.customer("ada")
    desk.consent("ada", "", "", 0, "2026-08-02T00:00Z")
    desk.consent("ada", "news", "", 1, "2026-08-03T00:00Z")
    desk.plan("ada")
    desk.plan("ada", "letter", journey="winback")
    assert desk.decide() == ["skipped(consent)", "mail"]


def test_a_no_to_everything_on_one_channel_leaves_the_other(desk: Desk) -> None:
    desk.customer("ada", phone="+1555")
    desk.consent("ada", "", "mail", 0)
    desk.plan("ada")
    assert desk.decide() == ["sms"]


def test_a_message_without_a_topic_needs_no_yes_but_takes_a_no_to_everything(desk: Desk) -> None:
    head = HEAD[: HEAD.index("topics:")] + (
        "messages: {hello: {mail: {subject: Hello, body: Come by.}}}\n"
        "journeys: {welcome: {when: {event: order}, steps: [{send: hello}]}}\n"
    )
    desk.write(head=head)
    for key in ("ada", "bob"):
        desk.customer(key)
        desk.plan(key)
    desk.consent("bob", "", "", 0)
    assert desk.decide() == ["mail", "skipped(consent)"]


def test_the_reason_is_the_one_that_comes_nearest_to_sending(desk: Desk) -> None:
    desk.customer("ada", None)  # no address at all
    desk.customer("bob", "", "+1555")  # two addresses, one dead, one refused
    desk.customer("eve", "", "+1556")  # two addresses, both refused, one dead
    desk.customer("tom")
    with desk.store.transaction() as connection:
        suppress(connection, {"bob@example.com": "bounce", "eve@example.com": "bounce"}, 0)
    desk.consent("bob", "offers", "sms", 0)
    desk.consent("eve", "offers", "", 0)
    with desk.store.transaction() as connection:
        people = desk.store.tables.customers
        connection.execute(people.update().where(people.c.key == "tom").values(email=""))
    for key in ("ada", "bob", "eve", "tom"):
        desk.plan(key)
    assert desk.decide() == [
        "skipped(unreachable)",
        "skipped(suppressed)",
        "skipped(consent)",
        "skipped(unreachable)",
    ]


def test_via_says_which_channels_and_in_which_order(desk: Desk) -> None:
    via = "steps: [{send: hello, via: [sms, mail]}]"
    desk.write(head=HEAD.replace("steps: [{send: hello}]", via, 1))
    desk.customer("ada", phone="+1555")
    desk.customer("bob")
    for key in ("ada", "bob"):
        desk.plan(key)
    assert desk.decide() == ["sms", "mail"]


def test_a_customer_who_is_gone_is_unreachable(desk: Desk) -> None:
    desk.customer("ada")
    desk.plan("ada")
    desk.empty(desk.store.tables.customers)
    assert desk.decide() == ["skipped(unreachable)"]
