"""The last look, inside the claim: what others changed since the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.customers.privacy.erased import remember_key
from regulars.customers.suppressions import suppress, suppress_erased
from regulars.instants import micros
from regulars.signing import signing_key
from regulars.store import tables
from sqlalchemy import delete, update

from tests.policy.conftest import NOON, at

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.policy.conftest import Desk

CAPS = "policy: {caps: [{at_most: 1, per: 7d}, {at_most: 1, per: day, channel: mail}]}\n"


def says_no(desk: Desk) -> None:
    desk.consent("bob", "offers", "mail", 0)


def says_no_to_everything(desk: Desk) -> None:
    desk.consent("bob", "", "", 0)


def bounces(desk: Desk) -> None:
    with desk.store.transaction() as connection:
        suppress(connection, {"Bob@example.com": "bounce"}, 0)


def is_erased_as_another(desk: Desk) -> None:
    secret = signing_key(desk.loaded.playbook, make=True)
    with desk.store.transaction() as connection:
        remember_key(connection, secret)
        suppress_erased(connection, secret, ["bob@example.com"], 0)


def is_gone(desk: Desk) -> None:
    people = desk.store.tables.customers
    desk.empty(people, people.c.key == "bob")


def leaves(desk: Desk) -> None:
    entries = tables.entries
    with desk.store.transaction() as connection:
        found = update(entries).where(entries.c.customer == desk.number("bob"))
        connection.execute(found.values(state="exited", reason="exit_when"))


def gets_another(desk: Desk) -> None:
    number = desk.plan("bob", journey="winback")
    values = {"state": "sent", "attempts": 1, "channel": "mail", "settled_at": micros(at(NOON))}
    desk.set_rows(tables.deliveries.c.id == number, **values)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (says_no, "consent"),
        (says_no_to_everything, "consent"),
        (bounces, "suppressed"),
        (is_erased_as_another, "suppressed"),
        (is_gone, "unreachable"),
        (leaves, "exited"),
        (gets_another, "cap"),
    ],
    ids=lambda item: getattr(item, "__name__", item),
)
def test_what_changed_since_the_decision_stops_that_message_alone(
    desk: Desk, change: Callable[[Desk], None], reason: str
) -> None:
    desk.write(CAPS)
    for key in ("ada", "bob"):
        desk.customer(key)
        desk.plan(key)
    assert desk.decide() == ["mail", "mail"]
    bob = desk.rows()[1].id
    change(desk)
    assert desk.last_look() == {bob: reason}


def test_nothing_changed_stops_nothing_however_full_the_caps_are(desk: Desk) -> None:
    desk.write("policy: {caps: [{at_most: 2, per: week}], holdout: 0%}\n")
    desk.customer("ada", zone="Asia/Tokyo")
    for journey in ("welcome", "winback"):
        desk.plan("ada", journey=journey)
    desk.plan("ada", "receipt", journey="bought")
    assert desk.decide() == ["mail", "mail", "mail"]
    assert desk.last_look() == {}


def test_of_two_that_one_place_is_left_for_one_goes(corner: Desk) -> None:
    corner.write("policy: {caps: [{at_most: 2, per: 7d}]}\n")
    corner.customer("bob")
    for journey in ("welcome", "winback"):
        corner.plan("bob", journey=journey)
    assert corner.decide() == ["mail", "mail"]
    _, second = (row.id for row in corner.rows())
    corner.plan("bob")
    sent = {"state": "sent", "attempts": 1, "settled_at": micros(at(NOON))}
    corner.set_rows(tables.deliveries.c.id > second, **sent, channel="mail")
    assert corner.last_look() == {second: "cap"}


def test_what_a_customer_asked_for_is_stopped_by_a_dead_address_alone(desk: Desk) -> None:
    desk.write(CAPS)
    desk.customer("bob")
    desk.plan("bob", "receipt", journey="bought")
    assert desk.decide() == ["mail"]
    says_no_to_everything(desk)
    gets_another(desk)
    assert desk.last_look() == {}
    with desk.store.transaction() as connection:
        connection.execute(delete(tables.suppressions))
        suppress(connection, {"bob@example.com": "complaint"}, 0)
    desk.set_rows(tables.deliveries.c.state == "claimed", state="planned")
    assert desk.last_look() == {}
    bounces(desk)
    desk.set_rows(tables.deliveries.c.state == "claimed", state="planned")
    assert list(desk.last_look().values()) == ["suppressed"]
