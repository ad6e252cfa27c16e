"""What is said of messages becomes events, and has its consequences, on every database."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from regulars.messages.link_tokens import Token, sign
from regulars.signing import signing_key
from regulars.store import Shape, tables
from sqlalchemy import delete, update

from tests.delivery.conftest import NOW
from tests.delivery.feedback.conftest import at

if TYPE_CHECKING:
    import pytest

    from tests.delivery.feedback.conftest import Post


def test_each_report_becomes_an_event_with_what_it_is_about(post: Post) -> None:
    post.send("ada@x.example", "bob@x.example")
    said = post.say(
        {"event": "delivered", "delivery": 1, "at": at(seconds=1)},
        {"event": "opened", "delivery": f"<{post.key(1)}@corner.example>", "at": at(hours=1)},
        {"event": "message.clicked", "provider_id": "note-c1", "at": at(hours=2), "url": "https://x.example/"},
        {"event": "replied", "address": "BOB@x.example", "at": at(hours=3)},
    )  # fmt: skip
    assert (said.rejected, sum(said.recorded.events.values())) == (0, 4)
    assert post.names() == [
        ("c1", "delivered"), ("c1", "opened"), ("c1", "clicked"), ("c2", "replied"),
    ]  # fmt: skip
    clicked = post.events()[2][2]
    assert clicked.pop("delivery") == 1
    assert clicked == {
        "message": "news", "journey": "welcome", "step": "hello", "channel": "note",
        "link": "https://x.example/",
    }  # fmt: skip


def test_the_same_file_twice_adds_nothing(post: Post) -> None:
    post.send("ada@x.example")
    reports = (
        {"event": "delivered", "delivery": 1, "at": at(seconds=1)},
        {"event": "opened", "delivery": 1},
        {"event": "bounced", "delivery": 1, "at": at(hours=1), "permanent": True, "id": "b-1"},
        {"event": "bounced", "delivery": 1, "at": at(hours=2), "permanent": True, "id": "b-1"},
    )
    first = post.say(*reports)
    assert (sum(first.recorded.events.values()), first.recorded.repeated) == (3, 1)
    again = post.say(*reports)
    assert (sum(again.recorded.events.values()), again.recorded.repeated) == (0, 4)
    assert (again.recorded.suppressed, len(post.events())) == (0, 3)


def test_a_dead_address_is_suppressed_and_a_full_mailbox_is_not(post: Post) -> None:
    post.send("Ada@x.example", "bob@x.example")
    said = post.say(
        {"event": "bounced", "delivery": 1, "at": at(hours=1), "permanent": True},
        {"event": "bounced", "delivery": 2, "at": at(hours=1), "permanent": False},
    )
    assert post.suppressed() == {"ada@x.example": "bounce"}
    assert said.recorded.suppressed == 1
    assert [said["permanent"] for _, _, said in post.events()] == [True, False]


def test_a_complaint_suppresses_and_says_no(post: Post) -> None:
    post.send("ada@x.example")
    post.say({"event": "complained", "delivery": 1, "at": at(hours=1)})
    assert post.suppressed() == {"ada@x.example": "complaint"}
    assert post.consents() == [(1, "offers", "note", 0)]


def test_unsubscribing_says_no_to_the_topic_on_that_channel(post: Post) -> None:
    post.send("ada@x.example")
    post.send("bob@x.example", message="receipt")
    post.send("eve@x.example", message="hello")
    post.say(*({"event": "unsubscribed", "delivery": n, "at": at(hours=1)} for n in (1, 2, 3)))
    assert post.consents() == [(1, "offers", "note", 0), (2, "", "note", 0), (3, "", "note", 0)]
    assert post.suppressed() == {}


def test_a_filter_names_itself_in_the_link_of_a_message_that_is_not_known(post: Post) -> None:
    post.send("ada@x.example")
    page = "https://corner.example/bread"
    link = Token("click", "c1", "offers", "note", "0" * 32, page)  # sent from a store that is lost
    click = {"event": "clicked", "token": sign(signing_key(post.shop.playbook, make=False), link)}
    post.say(
        click | {"at": at(hours=1), "user_agent": "python-requests/2"},
        click | {"at": at(hours=2), "seconds_after_delivery": 3},
        click | {"at": at(hours=3), "user_agent": "Firefox"},
    )
    assert post.names() == [
        ("c1", "clicked.machine"),
        ("c1", "clicked.machine"),
        ("c1", "clicked"),
    ]


def test_a_token_says_whose_no_it_is_and_to_what(post: Post) -> None:
    post.send("ada@x.example", "bob@x.example")
    key = signing_key(post.shop.playbook, make=False)
    ours = Token("unsubscribe", "c1", "offers", "", post.key(1))
    lost = Token("unsubscribe", "c2", "", "careful", "0" * 32)  # sent from a store that is lost
    said = post.say(
        {"event": "unsubscribed", "token": sign(key, ours), "at": at(hours=1)},
        {"event": "unsubscribed", "token": sign(key, lost), "at": at(hours=1)},
        {"event": "unsubscribed", "token": sign(b"another", ours), "at": at(hours=1)},
        {"event": "unsubscribed", "token": "", "at": at(hours=1)},
    )
    assert post.consents() == [(1, "offers", "", 0), (2, "", "careful", 0)]
    assert [one.line for one in said.rejects] == [3, 4]
    assert post.events()[0][2]["delivery"] == 1


def test_a_token_of_one_customer_names_no_message_of_another(post: Post) -> None:
    post.send("ada@x.example", "bob@x.example")
    key = signing_key(post.shop.playbook, make=False)
    crossed = Token("unsubscribe", "c2", "offers", "note", post.key(1))
    post.say({"event": "complained", "token": sign(key, crossed), "at": at(hours=1)})
    assert post.suppressed() == {}
    assert post.consents() == [(2, "offers", "note", 0)]


def test_a_later_yes_is_not_undone_by_an_old_file(post: Post) -> None:
    post.send("ada@x.example")
    refusal = {"event": "unsubscribed", "delivery": 1, "at": at(hours=1)}
    post.say(refusal)
    with post.shop.store.transaction() as connection:
        connection.execute(update(tables.consents).values(granted=1, at=tables.consents.c.at + 1))
    post.say(refusal, refusal | {"id": "told-again"})
    assert post.consents() == [(1, "offers", "note", 1)]


def test_unknown_messages_are_settled_by_what_the_provider_says(post: Post) -> None:
    post.send("unknown@x.example", "unknown@y.example", "unknown@z.example", "ada@x.example")
    assert [state for state, _ in post.shop.decisions()] == ["unknown"] * 3 + ["sent"]
    said = post.say(
        {"event": "opened", "delivery": 1, "at": at(hours=1), "user_agent": "Mozilla/5.0"},
        {"event": "bounced", "delivery": 2, "at": at(hours=1), "permanent": True},
        {"event": "bounced", "delivery": 4, "at": at(hours=1), "permanent": True},
    )
    assert post.shop.decisions() == [
        ("sent", None), ("failed", "address"), ("unknown", "no_answer"), ("sent", None),
    ]  # fmt: skip
    assert said.recorded.settled == {"sent": 1, "failed": 1}


def test_what_came_back_after_it_arrived_was_sent(post: Post) -> None:
    post.send("unknown@x.example")
    post.say(
        {"event": "bounced", "delivery": 1, "at": at(hours=2)},
        {"event": "delivered", "delivery": 1, "at": at(hours=1)},
    )
    assert post.shop.decisions() == [("sent", None)]


def test_what_nobody_knows_is_rejected_with_its_line_and_reason(post: Post) -> None:
    post.send("ada@x.example", "bob@x.example")
    post.shop.plan("eve@x.example")  # planned, and not sent
    with post.shop.store.transaction() as connection:
        customers = tables.customers
        connection.execute(delete(customers).where(customers.c.key == "c2"))
    said = post.say(
        {"event": "opened", "delivery": "0" * 32},
        {"event": "opened", "delivery": "no key at all"},
        {"event": "opened", "provider_id": "never"},
        {"event": "opened", "address": "nobody@x.example"},
        {"event": "opened", "address": "ada@x.example", "channel": "careful"},
        {"event": "opened", "delivery": 3},
        {"event": "opened", "provider_id": "note-c2"},
        {"event": "opened", "delivery": 1, "at": at(days=3)},
    )
    assert post.events() == []
    assert [one.line for one in said.rejects] == list(range(1, 9))
    reasons = [one.reason for one in said.rejects]
    assert set(reasons[:6]) == {"no message that was sent is known by that name"}
    assert reasons[6] == "the customer was removed"
    assert "future" in reasons[7]


def test_an_id_that_several_messages_have_names_none(post: Post) -> None:
    post.send("ada@x.example", "bob@x.example")
    with post.shop.store.transaction() as connection:
        connection.execute(update(tables.deliveries).values(provider_id="ok"))
    said = post.say({"event": "opened", "provider_id": "ok"})
    assert "several messages" in said.rejects[0].reason


def test_an_address_means_the_latest_message_that_went_there(post: Post) -> None:
    post.send("ada@x.example")
    post.send("Ada@x.example", message="receipt")
    post.say({"event": "opened", "address": "ADA@x.example", "at": at(hours=1)})
    assert [(who, said["message"]) for who, _, said in post.events()] == [("c2", "receipt")]


def test_clicks_of_a_filter_are_told_apart_wherever_files_are_cut(post: Post) -> None:
    post.send("ada@x.example", "bob@x.example", "eve@x.example")
    click = {"event": "clicked", "at": at(hours=1), "url": "https://x.example/1"}
    post.say(click | {"delivery": 1}, click | {"delivery": 2})
    assert post.names() == [("c1", "clicked"), ("c2", "clicked")]
    post.say(
        click | {"delivery": 1, "url": "https://x.example/2", "at": at(hours=1, seconds=2)},
        click | {"delivery": 2, "url": "https://x.example/2", "at": at(hours=1, seconds=3)},
        {"event": "delivered", "delivery": 3, "at": at(hours=2)},
    )
    post.say(click | {"delivery": 3, "at": at(hours=2, seconds=9)})
    assert post.names() == [
        ("c1", "clicked.machine"), ("c2", "clicked"), ("c1", "clicked.machine"),
        ("c2", "clicked"), ("c3", "delivered"), ("c3", "clicked.machine"),
    ]  # fmt: skip


def test_a_click_right_after_the_run_is_no_readers(post: Post) -> None:
    post.send("ada@x.example")
    post.say({"event": "clicked", "delivery": 1, "at": at(seconds=10), "url": "https://x.example"})
    assert post.names() == [("c1", "clicked.machine")]


def test_feedback_can_be_cut_into_transactions_anywhere(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.delivery.feedback.loading.BATCH", 1)
    monkeypatch.setattr("regulars.delivery.feedback.resolving._LEARNT_AT_ONCE", 2)
    post.send(*(f"a{n}@x.example" for n in range(1, 6)))
    said = post.say(*({"event": "opened", "delivery": n, "at": at(hours=n)} for n in range(1, 6)))
    assert said.recorded.events == {"message.opened": 5}
    assert said.rejected == 0


def test_properties_that_the_playbook_reads_get_their_columns(post: Post) -> None:
    post.shop.store.fit(Shape(texts=frozenset({"link"}), amounts=frozenset({"delivery"})))
    post.send("ada@x.example")
    post.say({"event": "clicked", "delivery": 1, "at": at(hours=1), "url": "https://x.example"})
    events = post.shop.store.tables.events
    with post.shop.store.reading() as connection:
        (row,) = connection.execute(events.select()).all()
    assert (row.p_link, row.n_delivery) == ("https://x.example", 1_000_000)


def test_a_report_without_a_time_happened_when_it_was_loaded(post: Post) -> None:
    post.send("ada@x.example")
    said = {"event": "opened", "delivery": 1}
    post.say(said)
    post.say(said, at=NOW + timedelta(days=1))
    assert len(post.events()) == 1
    assert json.dumps(post.events()[0][2]).count("opened") == 0
