"""The order of the checks: each message has one reason, the first that speaks against it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regulars.customers.suppressions import suppress
from regulars.instants import micros
from regulars.policy import checks
from regulars.policy.contents import content_of
from regulars.store import tables
from sqlalchemy import update

from tests.policy.conftest import NOON, at

if TYPE_CHECKING:
    from tests.policy.conftest import Desk

NIGHT = 'quiet_hours: {from: "11:00", to: "13:00"}, '
CAPS = "caps: [{at_most: 1, per: day}], "
ALL = "policy: {" + NIGHT + CAPS + "holdout: 100%}\n"
STRICT = "messages: {hello: {max_lateness: 1h, approve: true, topic: offers, mail: {subject: Hello, body: Come by.}}}\n"  # noqa: E501


def strict(desk: Desk, policy: str, *, lateness: bool = True) -> None:
    """A playbook whose every check may say no."""
    text = STRICT if lateness else STRICT.replace("max_lateness: 1h, ", "")
    head = "playbook: shop\nsources:\n  orders: {use: csv, path: orders.csv, provides: events, "
    head += "event: order, map: {customer: c, time: t, id: n}}\nchannels: {mail: {use: outbox}}\n"
    head += "topics: {offers: {title: Offers, basis: opt_out}}\n"
    head += "journeys: {welcome: {when: {event: order}, steps: [{send: hello}]}}\n"
    desk.write(text + policy, head)


def test_the_order_is_fixed() -> None:
    names = [check.__name__ for check in checks.CHECKS]
    assert names == [
        "late",
        "exited",
        "reach",
        "approval",
        "quiet_hours",
        "cap",
        "holdout",
        "duplicate",
    ]
    told = checks.__doc__ or ""
    first = ["late", "exited", "suppressed", "approval", "quiet_hours", "cap", "holdout"]
    assert re.findall(r"^\d\. ``(\w+)``", told, re.MULTILINE) == [*first, "duplicate"]


def test_a_message_that_fails_every_check_fails_them_in_order(desk: Desk) -> None:
    strict(desk, ALL)
    desk.customer("ada", "same@example.com")
    desk.customer("bob", "Same@Example.com")
    desk.insert(  # ada had this step a moment ago, so bob's address did
        tables.deliveries,
        journey="welcome",
        entry=99,
        step="hello",
        customer=desk.number("ada"),
        message="hello",
        channel="mail",
        address="same@example.com",
        state="sent",
        planned_at=0,
        planned_by=1,
        occurred_at=0,
        attempts=1,
        settled_at=micros(at(NOON)),
    )
    desk.insert(  # and bob had another message today
        tables.deliveries,
        journey="other",
        entry=98,
        step="other",
        customer=desk.number("bob"),
        message="other",
        channel="mail",
        address="other@example.com",
        state="sent",
        planned_at=0,
        planned_by=1,
        occurred_at=0,
        attempts=1,
        settled_at=micros(at(NOON)),
    )
    mine = desk.plan("bob", due="2026-08-12T10:00Z")
    entry = desk.rows()[-1].entry
    left = update(tables.entries).where(tables.entries.c.id == entry)
    with desk.store.transaction() as connection:
        connection.execute(left.values(state="exited", reason="exit_when"))
        suppress(connection, {"same@example.com": "bounce"}, 0)
    desk.consent("bob", "offers", "", 0)

    def went(address: str) -> None:
        desk.set_rows(tables.deliveries.c.entry == 99, address=address)

    def verdict() -> str:
        desk.set_rows(tables.deliveries.c.id == mine, state="planned", reason=None)
        return desk.decide()[-1]

    assert verdict() == "skipped(late)"
    strict(desk, ALL, lateness=False)
    assert verdict() == "skipped(exited)"
    with desk.store.transaction() as connection:
        connection.execute(left.values(state="completed", reason=None))
    assert verdict() == "skipped(consent)"
    desk.empty(tables.consents)
    assert verdict() == "skipped(suppressed)"
    desk.empty(tables.suppressions)
    assert verdict() == "skipped(duplicate)"  # for what would only be held this counts too
    went("another@example.com")
    assert verdict() == "held(approval)"
    content = content_of(desk.loaded.playbook, desk.loaded.plugins, "hello")
    desk.empty(tables.approvals)
    answered = {"message": "hello", "content": content, "audience": 10, "asked_at": 0}
    desk.insert(tables.approvals, **answered, state="approved")
    assert verdict() == "held(quiet_hours)"
    went("same@example.com")
    assert verdict() == "skipped(duplicate)"
    strict(desk, "policy: {" + CAPS + "holdout: 100%}\n", lateness=False)
    assert verdict() == "skipped(cap)"
    strict(desk, "policy: {holdout: 100%}\n", lateness=False)
    assert verdict() == "skipped(holdout)"
    strict(desk, "", lateness=False)
    assert verdict() == "skipped(duplicate)"
    went("another@example.com")
    assert verdict() == "mail"


def test_every_message_ends_in_one_row_with_who_decided_and_when(desk: Desk) -> None:
    desk.write('policy: {quiet_hours: {from: "11:00", to: "13:00"}}\n')
    desk.customer("ada")
    desk.customer("bob", None)
    desk.customer("eve", zone="Asia/Tokyo")
    for key in ("ada", "bob", "eve"):
        desk.plan(key)
    assert desk.decide() == ["held(quiet_hours)", "skipped(unreachable)", "mail"]
    held, skipped, planned = desk.rows()
    assert (held.decided_by, held.settled_at) == (1, None)
    assert held.hold_until == micros(at("2026-08-12T13:00Z"))
    assert (skipped.decided_by, skipped.settled_at) == (1, micros(at(NOON)))
    assert (planned.decided_by, planned.settled_at, planned.address) == (
        None,
        None,
        "eve@example.com",
    )


def test_what_was_decided_is_not_decided_again_and_what_is_held_is(desk: Desk) -> None:
    desk.write('policy: {quiet_hours: {from: "11:00", to: "13:00"}}\n')
    desk.customer("ada")
    desk.customer("bob", None)
    for key in ("ada", "bob"):
        desk.plan(key)
    desk.decide()
    desk.write()
    with desk.store.transaction() as connection:
        connection.execute(update(desk.store.tables.customers).values(email="x@example.com"))
    assert desk.decide() == ["mail", "skipped(unreachable)"]
    assert desk.rows()[0].hold_until is None


def test_nothing_planned_is_nothing_to_decide(desk: Desk) -> None:
    assert desk.decide() == []
