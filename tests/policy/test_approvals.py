"""Approvals: a person agrees to what a message says and to how many it goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from regulars.instants import micros
from regulars.policy.approvals import bucket
from regulars.store import tables
from sqlalchemy import update

from tests.policy.conftest import HEAD, NOON, at

if TYPE_CHECKING:
    from tests.policy.conftest import Desk

ALWAYS = HEAD.replace("hello: {topic", "hello: {approve: true, topic")
ABOVE = HEAD.replace("hello: {topic", "hello: {approve: {above: 2}, topic")


def answer(desk: Desk, state: str) -> None:
    """Answer the question that waits."""
    approvals = tables.approvals
    with desk.store.transaction() as connection:
        waiting = update(approvals).where(approvals.c.state == "pending")
        assert connection.execute(waiting.values(state=state, answered_at=0)).rowcount == 1


def customers(desk: Desk, *keys: str) -> None:
    for key in keys:
        desk.customer(key)
        desk.plan(key)


def asked(desk: Desk) -> list[tuple[str, int, str]]:
    return [(row.message, row.audience, row.state) for row in desk.all(tables.approvals)]


@pytest.mark.parametrize(
    ("audience", "top"),
    [(0, 1), (1, 1), (2, 2), (3, 5), (5, 5), (6, 10), (10, 10), (11, 20), (499, 500), (501, 1000),
     (1001, 2000), (2001, 5000), (1_000_000, 1_000_000)],
)  # fmt: skip
def test_an_answer_covers_up_to_the_top_of_a_bucket(audience: int, top: int) -> None:
    assert bucket(audience) == top


def test_nothing_goes_before_a_person_agreed_and_then_all_of_it_does(desk: Desk) -> None:
    desk.write(head=ALWAYS)
    customers(desk, "ada", "bob", "eve")
    assert desk.decide() == ["held(approval)"] * 3
    assert desk.decide("2026-08-12T13:00Z") == ["held(approval)"] * 3
    assert asked(desk) == [("hello", 5, "pending")]
    assert desk.all(tables.approvals)[0].asked_at == micros(at(NOON))
    answer(desk, "approved")
    assert desk.decide("2026-08-12T14:00Z") == ["mail"] * 3


def test_what_a_person_refused_is_skipped(desk: Desk) -> None:
    desk.write(head=ALWAYS)
    customers(desk, "ada")
    desk.decide()
    answer(desk, "rejected")
    assert desk.decide() == ["skipped(approval)"]
    customers(desk, "bob")
    assert desk.decide() == ["skipped(approval)", "skipped(approval)"]


def test_a_small_audience_needs_nobody_where_only_large_ones_do(desk: Desk) -> None:
    desk.write(head=ABOVE)
    customers(desk, "ada", "bob")
    assert desk.decide() == ["mail", "mail"]
    customers(desk, "eve")
    assert desk.decide() == ["held(approval)"] * 3
    assert asked(desk) == [("hello", 5, "pending")]


def test_the_audience_is_who_would_get_it(desk: Desk) -> None:
    desk.write("policy: {holdout: 100%}\n", ABOVE)
    customers(desk, "ada", "bob", "eve")
    assert desk.decide() == ["skipped(holdout)"] * 3
    desk.write(head=ABOVE)
    customers(desk, "c1", "c2")
    desk.customer("c3", "C1@example.com")
    desk.customer("c4", None)
    for key in ("c3", "c4"):
        desk.plan(key)
    assert desk.decide()[3:] == [*["held(approval)"] * 3, "skipped(unreachable)"]
    assert asked(desk) == [("hello", 5, "pending")]  # any of the three, until they are let through
    answer(desk, "approved")
    assert desk.decide()[3:] == ["mail", "mail", "skipped(duplicate)", "skipped(unreachable)"]


def test_a_larger_audience_asks_again(desk: Desk) -> None:
    desk.write(head=ALWAYS)
    customers(desk, "ada", "bob")
    desk.decide()
    answer(desk, "approved")
    customers(desk, "eve")
    assert desk.decide() == ["held(approval)"] * 3
    assert asked(desk) == [("hello", 2, "approved"), ("hello", 5, "pending")]
    answer(desk, "rejected")
    assert desk.decide() == ["skipped(approval)"] * 3
    customers(desk, "tom")
    assert desk.decide()[-1] == "mail"  # the yes to so many as two still counts


def edited_body(desk: Desk) -> None:
    desk.write(head=ALWAYS.replace("Come by.", "Come by soon."))


def edited_topic(desk: Desk) -> None:
    desk.write(head=ALWAYS.replace("title: Offers", "title: Offers and more"))


def edited_template(desk: Desk) -> None:
    (desk.folder / "hello.md.j2").write_text("Come by now.")


def edited_layout(desk: Desk) -> None:
    (desk.folder / "layouts" / "plain.html.j2").write_text("<p>{{ body }}</p>")


LAYOUT = """
from pathlib import Path
from regulars import hookimpl
from regulars.hooks import LayoutKind

@hookimpl
def regulars_templates():
    return [LayoutKind("plain", "for tests", Path(__file__).parent / "layouts")]
"""


@pytest.mark.parametrize("edit", [edited_body, edited_topic, edited_template, edited_layout])
def test_any_edit_withdraws_the_approval(corner: Desk, edit: Any) -> None:
    (corner.folder / "layouts").mkdir()
    (corner.folder / "layouts" / "plain.html.j2").write_text("{{ body }}")
    (corner.folder / "hello.md.j2").write_text("Come by.")
    (corner.folder / "look.py").write_text(LAYOUT)
    head = ALWAYS.replace("timezone: UTC", "timezone: UTC\nplugins: [./look.py]")
    if edit is not edited_body:
        head = head.replace(
            "mail: {subject: Hello, body: Come by.}",
            "mail: {subject: Hello, template: hello.md.j2, layout: plain}",
        )
    corner.write(head=head)
    customers(corner, "ada")
    corner.decide()
    answer(corner, "approved")
    assert corner.decide() == ["mail"]
    if edit is edited_topic:
        corner.write(head=head.replace("title: Offers", "title: Offers and more"))
    else:
        edit(corner)
    assert corner.decide() == ["held(approval)"]
    assert [state for _, _, state in asked(corner)] == ["approved", "pending"]


def test_an_edit_while_it_waits_asks_the_new_question_alone(corner: Desk) -> None:
    corner.write(head=ALWAYS)
    customers(corner, "ada")
    corner.decide()
    first = corner.all(tables.approvals)[0].content
    edited_body(corner)
    corner.decide()
    (question,) = corner.all(tables.approvals)
    assert question.content != first


def test_who_agreed_once_is_not_asked_about_other_messages_edits(corner: Desk) -> None:
    corner.write(head=ALWAYS)
    customers(corner, "ada")
    corner.decide()
    answer(corner, "approved")
    corner.write(head=ALWAYS.replace("What is new.", "All that is new."))
    assert corner.decide() == ["mail"]


def test_the_night_still_holds_what_a_person_agreed_to(corner: Desk) -> None:
    corner.write('policy: {quiet_hours: {from: "11:00", to: "13:00"}}\n', ALWAYS)
    customers(corner, "ada")
    assert corner.decide() == ["held(approval)"]
    answer(corner, "approved")
    assert corner.decide() == ["held(quiet_hours)"]
    assert corner.decide("2026-08-12T13:00Z") == ["mail"]
