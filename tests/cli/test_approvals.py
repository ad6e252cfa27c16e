"""``regulars approvals``, as the person calls it who has to agree."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

JOURNEY = "journeys: {j: {when: {event: order}, steps: [{send: letter}]}}\n"
LETTER = (
    '  letter:\n    approve: {above: 1}\n    mail: {subject: "A letter", template: letter.md.j2}\n'
)
FIRST, LATER = "2026-05-01T09:00Z", "2026-05-01T10:00Z"


@pytest.fixture
def shop(client: Client) -> Client:
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50", "bob,2026-05-01T08:00:00,2,bun,1.00")
    (client.folder / "letter.md.j2").write_text("Dear {{ customer.id }}, come by.")
    client.write(LETTER + JOURNEY)
    return client


def listed(client: Client) -> list[dict[str, Any]]:
    status, out, err = client.call("approvals", "list", str(client.path), "--json")
    assert status == 0, err
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_a_message_waits_is_shown_and_goes_once_a_person_agreed(shop: Client) -> None:
    planned, done = shop.plan(FIRST), shop.run(FIRST)
    assert planned["decisions"] == done["decisions"]
    assert (done["decisions"]["sent"], done["decisions"]["held"]) == (0, {"approval": 2})
    assert shop.sent() == []

    (question,) = listed(shop)
    assert (question["message"], question["state"]) == ("letter", "pending")
    assert (question["waiting"], question["up_to"]) == (2, 2)
    assert question["asked"].startswith("2026-05-01T09:00")

    status, out, _ = shop.call("approvals", "show", str(shop.path), "--at", FIRST)
    assert status == 0
    assert "Subject: A letter\n\nDear bob, come by.\n" in out
    assert "bob@example.com" in out
    assert "2026-05-01 09:00" in out

    note = ("--note", "looks good")
    status, out, _ = shop.call("approvals", "approve", str(shop.path), "letter", *note)
    assert (status, out) == (0, "approved: letter, for up to 2 customers in a run\n")
    (answered,) = listed(shop)
    assert (answered["state"], answered["note"]) == ("approved", "looks good")
    assert answered["by"] == getpass.getuser()
    assert answered["answered"]
    assert shop.plan(LATER)["decisions"] == shop.run(LATER)["decisions"]
    assert len(shop.sent()) == 2


def test_what_a_person_rejects_is_skipped(shop: Client) -> None:
    shop.run(FIRST)
    status, out, _ = shop.call("approvals", "reject", str(shop.path))
    assert (status, out) == (0, "rejected: letter; change it, and a run asks again\n")
    assert shop.run(LATER)["decisions"]["skipped"] == {"approval": 2}


def test_nobody_agrees_to_a_message_that_has_changed_since(shop: Client) -> None:
    shop.run(FIRST)
    (shop.folder / "letter.md.j2").write_text("Dear {{ customer.id }}, stay away.")
    for word in ("approve", "reject"):
        status, out, err = shop.call("approvals", word, str(shop.path), "letter")
        assert (status, out) == (2, "")
        assert "has changed since it was asked about" in err
    assert listed(shop)[0]["changed"] is True
    assert "changed" in shop.call("approvals", "list", str(shop.path))[1]
    shop.run(LATER)
    assert shop.call("approvals", "approve", str(shop.path), "letter")[0] == 0


def test_an_answer_can_be_changed_by_its_number(shop: Client) -> None:
    shop.run(FIRST)
    (question,) = listed(shop)
    number = str(question["number"])
    for word, state in (("reject", "rejected"), ("approve", "approved")):
        assert shop.call("approvals", word, str(shop.path), number)[0] == 0
        assert listed(shop)[0]["state"] == state
    assert shop.run(LATER)["decisions"]["sent"] == 2


def test_a_message_that_left_the_playbook_is_not_agreed_to(shop: Client) -> None:
    shop.run(FIRST)
    shop.write("journeys: {j: {when: {event: order}, steps: [{send: hello}]}}\n")
    status, _, err = shop.call("approvals", "approve", str(shop.path))
    assert status == 2
    assert "has no message 'letter' any more" in err
    assert shop.call("approvals", "show", str(shop.path))[0] == 0


def test_a_question_that_nobody_asked_is_told_with_the_way_to_the_list(shop: Client) -> None:
    assert "nothing has run yet" in shop.call("approvals", "list", str(shop.path))[2]
    shop.run(FIRST)
    shop.call("approvals", "approve", str(shop.path))
    for which, said in (((), "nothing waits"), (("99",), "'99'"), (("hello",), "'hello'")):
        status, _, err = shop.call("approvals", "approve", str(shop.path), *which)
        assert status == 2
        assert said in err
        assert "regulars approvals list" in err


def test_where_several_wait_one_has_to_be_named(shop: Client) -> None:
    both = "journeys: {j: {when: {event: order}, steps: [{send: letter}, {send: card}]}}\n"
    shop.write(LETTER + LETTER.replace("letter:", "card:") + both)
    shop.run(FIRST)
    status, _, err = shop.call("approvals", "approve", str(shop.path))
    assert status == 2
    assert "(letter)" in err
    assert "(card)" in err
    out = shop.call("approvals", "show", str(shop.path), "card", "--json", "--at", FIRST)[1]
    shown = json.loads(out)["sample"]
    assert (shown["channel"], shown["subject"]) == ("mail", "A letter")
    assert shown["text"] == f"Dear {shown['customer']}, come by."


def test_a_plan_asks_nobody(shop: Client) -> None:
    shop.run("2026-05-01T07:00Z")
    shop.plan(FIRST)
    assert listed(shop) == []
