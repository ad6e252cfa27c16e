"""A message that is late, or whose step or entry is gone, does not go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.store import tables
from sqlalchemy import update

from tests.policy.conftest import HEAD

if TYPE_CHECKING:
    from tests.policy.conftest import Desk

LATE = HEAD.replace("hello: {topic", "hello: {max_lateness: 2h, topic")


def test_lateness_counts_from_when_it_was_due_to_the_very_microsecond(desk: Desk) -> None:
    desk.write(head=LATE)
    for key, due in (("ada", "10:00:00.000000"), ("bob", "09:59:59.999999")):
        desk.customer(key)
        desk.plan(key, due=f"2026-08-12T{due}Z")
    assert desk.decide() == ["mail", "skipped(late)"]


def test_a_held_message_becomes_late(desk: Desk) -> None:
    desk.write('policy: {quiet_hours: {from: "11:00", to: "16:00"}}\n', LATE)
    desk.customer("ada")
    desk.plan("ada")
    assert desk.decide("2026-08-12T12:00Z") == ["held(quiet_hours)"]
    assert desk.decide("2026-08-12T14:00Z") == ["held(quiet_hours)"]
    assert desk.decide("2026-08-12T14:01Z") == ["skipped(late)"]


@pytest.mark.parametrize(
    ("state", "reason", "verdict"),
    [
        ("exited", "exit_when", "skipped(exited)"),
        ("exited", "removed", "skipped(exited)"),
        ("exited", "done with them", "mail"),
        ("completed", None, "mail"),
    ],
)
def test_who_left_before_the_end_is_not_written_to_any_more(
    corner: Desk, state: str, reason: str | None, verdict: str
) -> None:
    corner.write('policy: {quiet_hours: {from: "11:00", to: "13:00"}}\n')
    corner.customer("ada")
    corner.plan("ada")
    assert corner.decide() == ["held(quiet_hours)"]
    with corner.store.transaction() as connection:
        connection.execute(update(tables.entries).values(state=state, reason=reason))
    assert corner.decide("2026-08-12T14:00Z") == [verdict]


def test_a_step_that_is_gone_or_sends_something_else_now_sends_nothing(desk: Desk) -> None:
    desk.customer("ada")
    desk.plan("ada", step="hello")
    desk.plan("ada", step="gone")
    desk.plan("ada", journey="gone")
    desk.plan("ada", "letter", step="hello")
    desk.plan("ada", "gone")
    assert desk.decide() == ["mail", *["skipped(exited)"] * 4]
