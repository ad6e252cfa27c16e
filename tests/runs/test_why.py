"""A customer's story says what happened and what didn't, and why."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.consents import answer
from regulars.customers.suppressions import suppress
from regulars.store import Store, tables
from sqlalchemy import update

from tests.runs.conftest import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from tests.runs.conftest import Client

DAY1, DAY2, DAY3 = (f"2026-05-0{day}T09:00Z" for day in (1, 2, 3))
ADAS_FIRST = "ada,2026-05-01T08:00:00,1,bread,3.50"
ZONES = {"ada": "America/New_York", "bob": "", "eve": "Asia/Kathmandu"}  # where ada sleeps
SEGMENTS = """\
traits: {spend: {sum: order.total}}
segments:
  buyers: {performed: order}
  big: {all: [{trait: spend, at_least: 50}, {segment: buyers}]}
"""


def why(client: Client, customer: str, *words: str) -> dict[str, Any]:
    status, out, err = client.call("why", str(client.path), customer, *words, "--json")
    assert status == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def passage(client: Client, customer: str, *words: str) -> dict[str, Any]:
    """The one journey ``j``."""
    (told,) = why(client, customer, "--journey", "j", *words)["journeys"]
    found: dict[str, Any] = told
    return found


def message(client: Client, customer: str) -> dict[str, Any]:
    """The one message of the one entry."""
    (entry,) = passage(client, customer)["entries"]
    (found,) = entry["messages"]
    told: dict[str, Any] = found
    return told


def why_not(client: Client, customer: str, *words: str) -> str:
    return "\n".join(passage(client, customer, *words)["why_not"])


def journey(when: str, steps: str = "[{send: hello}]", more: str = "") -> str:
    return f"journeys: {{j: {{when: {when}, {more} steps: {steps}}}}}\n"


@contextmanager
def opened(client: Client) -> Iterator[Connection]:
    store = Store.open(f"sqlite:///{client.folder / '.regulars' / 'shop.db'}")
    with store.transaction() as connection:
        yield connection
    store.close()


# ------------------------------------------------------------------ what is known


def test_it_tells_where_the_data_came_from(client: Client) -> None:
    client.orders(ADAS_FIRST, "ada,2026-05-02T08:00:00,2,bread,1")
    client.write(SEGMENTS + "policy: {holdout: 5%}\n" + journey("{event: order}"))
    client.run(DAY2)
    with opened(client) as connection:
        answer(connection, [(1, "", "", False, 0)])
        suppress(connection, {"ADA@example.com": "complaint"}, at=0)
    known = why(client, "ada")["known"]
    assert known["events"] == [
        {
            "source": "orders",
            "event": "order",
            "count": 2,
            "first": "2026-05-01T08:00:00+00:00",
            "last": "2026-05-02T08:00:00+00:00",
        }
    ]
    assert known["profile"]["city"] == "Paris"
    assert known["zone"] == "UTC"
    assert known["consents"][0]["granted"] is False
    assert known["addresses"] == [
        {"channel": "mail", "address": "ada@example.com", "suppressed": "complaint"}
    ]
    assert known["holdout"] is False
    assert [arm["arm"] for arm in known["experiments"]] == ["in"]


def test_a_segment_says_which_leaf_is_in_the_way(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(SEGMENTS)
    client.run(DAY1)
    buyers, big = why(client, "ada")["segments"]
    assert (buyers["inside"], buyers["finding"]["holds"]) == (True, True)
    assert buyers["changes"] == [
        {"at": "2026-05-01T09:00:00+00:00", "entered": True, "by_edit": True}
    ]
    assert (big["inside"], big["since"], big["changes"]) == (False, None, [])
    leaf, nested = big["finding"]["inner"]
    assert (leaf["words"], leaf["holds"]) == ("{trait: spend, at_least: 50}", False)
    assert leaf["actual"] == "spend is 3.50"
    assert nested["inner"][0]["actual"] == "1, the last on 2026-05-01 08:00"


def test_a_later_instant_is_rehearsed_and_leaves_no_trace(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(SEGMENTS + journey("{enters: big}"))
    client.run(DAY1)
    client.orders(ADAS_FIRST, "ada,2026-05-02T08:00:00,2,bread,99")
    then = why(client, "ada", "--at", DAY2)
    assert [segment["inside"] for segment in then["segments"]] == [True, True]
    ((entry,),) = (told["entries"] for told in then["journeys"])
    assert [sent["state"] for sent in entry["messages"]] == ["sent"]
    assert [segment["inside"] for segment in why(client, "ada")["segments"]] == [True, False]
    assert client.sent() == []
    status, _, err = client.call("why", str(client.path), "ada", "--at", "2026-04-01")
    assert status == 2
    assert "already run" in err


# ------------------------------------------------------------------ what was done


def test_an_entry_tells_its_steps_and_where_it_stands(client: Client) -> None:
    client.people("ada,ada@example.com,Paris,,America/New_York")
    client.orders(ADAS_FIRST)
    steps = "[{if: {segment: buyers}, then: [{send: hello}]}, {wait: {until: '09:30'}}, exit]"
    client.write(SEGMENTS + journey("{event: order}", steps))
    client.run(DAY1)
    (entry,) = passage(client, "ada")["entries"]
    assert entry["by"]["event"] == "order"
    assert entry["by"]["properties"]["item"] == "bread"
    assert [(step["step"], step["outcome"]) for step in entry["steps"]] == [
        ("if-1", "then"),
        ("hello", "done"),
    ]
    assert entry["stands"]["step"] == "wait-1"
    assert entry["stands"]["waits"] == "waits until 2026-05-01 09:30 their time"
    assert passage(client, "ada")["why_not"] == []
    client.run(DAY2)
    (entry,) = passage(client, "ada")["entries"]
    assert (entry["state"], entry["reason"], entry["stands"]) == ("exited", "exit", None)


def test_an_entry_tells_what_it_waits_for_and_that_its_goal_is_reached(client: Client) -> None:
    client.orders(ADAS_FIRST)
    steps = "[{wait_for: {performed: order, at_least: 2}, at_most: 3d}]"
    client.write(journey("{event: order}", steps, "again: never, goal: {performed: order},"))
    client.run(DAY1)
    (entry,) = passage(client, "ada")["entries"]
    told = "waits for {performed: order, at_least: 2}, at most until 2026-05-04 09:00"
    assert (entry["stands"]["waits"], entry["goal_at"]) == (told, None)
    client.orders(ADAS_FIRST, "ada,2026-05-02T08:00:00,2,bread,99")
    client.run(DAY2)
    (entry,) = passage(client, "ada")["entries"]
    assert entry["goal_at"] == "2026-05-02T09:00:00+00:00"


def test_what_a_provider_reported_stands_beside_the_message(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(journey("{event: order}"))
    client.run(DAY1)
    reported = client.folder / "feedback.jsonl"
    number = message(client, "ada")["provider_id"]
    line = {"event": "clicked", "provider_id": number, "at": "2026-05-01T10:00:00Z"}
    reported.write_text(json.dumps(line) + "\n", encoding="utf-8")
    status, _, err = client.call("feedback", str(client.path), str(reported), "--at", DAY2)
    assert status == 0, err
    client.run(DAY2)
    assert [row["event"] for row in message(client, "ada")["feedback"]] == ["message.clicked"]


# ------------------------------------------------------------------ decisions in words


def test_a_night_is_told_on_their_own_clock(client: Client) -> None:
    client.people("ada,ada@example.com,Paris,,America/New_York")
    client.orders(ADAS_FIRST)
    policy = "policy: {quiet_hours: {from: '21:00', to: '08:00'}}\n"
    client.write(policy + journey("{event: order}"))
    client.run(DAY1)
    told = message(client, "ada")
    assert (told["state"], told["reason"]) == ("held", "quiet_hours")
    assert told["why"] == "held until 2026-05-01 08:00 their time"


def test_a_cap_names_the_messages_that_count(anywhere: Client) -> None:
    anywhere.orders(ADAS_FIRST)
    caps = "[{at_most: 1, per: 7d}, {at_most: 1, per: week, channel: mail}, {at_most: 2, per: day}]"
    anywhere.write(f"policy: {{caps: {caps}}}\n" + journey("{event: order}"))
    anywhere.run(DAY1)
    anywhere.orders(ADAS_FIRST, "ada,2026-05-02T08:00:00,2,bread,99")
    anywhere.run(DAY2)
    _, entry = passage(anywhere, "ada")["entries"]
    (told,) = entry["messages"]
    assert (told["state"], told["reason"]) == ("skipped", "cap")
    count = "and these count: hello (2026-05-01 09:00)"
    assert told["why"] == f"at most 1 in 7d, {count}; at most 1 in a week on mail, {count}"


def test_a_duplicate_names_the_other_customer(client: Client) -> None:
    client.people("ada,ada@example.com,,,", "bob,ADA@example.com,,,")
    client.orders(ADAS_FIRST, "bob,2026-05-01T08:30:00,2,bread,1")
    client.write(journey("{event: order}"))
    client.run(DAY1)
    assert message(client, "bob")["why"] == "ADA@example.com got it as ada"


@pytest.mark.parametrize("then", ["hold", "drop"])
def test_where_the_first_does_not_go_the_second_is_no_duplicate(client: Client, then: str) -> None:
    client.people("ada,ada@example.com,,,", "bob,ADA@example.com,,,")
    client.orders(ADAS_FIRST, "bob,2026-05-01T08:00:00,2,bread,1")
    day = f"policy: {{quiet_hours: {{from: '08:00', to: '20:00', then: {then}}}}}\n"
    client.write(day + journey("{event: order}"))
    client.run(DAY1)
    assert message(client, "ada")["reason"] == "quiet_hours"
    assert message(client, "bob")["reason"] == "quiet_hours"


def test_a_duplicate_names_who_got_it_and_not_who_slept(client: Client) -> None:
    people = [f"{name},ADA@example.com,,,{zone}" for name, zone in ZONES.items()]
    client.people(*people)
    client.orders(*(f"{name},2026-05-01T08:00:00,{name},bread,1" for name in ZONES))
    night = "policy: {quiet_hours: {from: '20:00', to: '08:00', then: drop}}\n"
    client.write(night + journey("{event: order}"))
    client.run(DAY1)
    assert message(client, "ada")["reason"] == "quiet_hours"
    assert message(client, "eve")["why"] == "ADA@example.com got it as bob"


def test_a_duplicate_of_what_did_not_go_is_not_told_as_sent(client: Client) -> None:
    client.people("ada,ada@example.com,,,", "bob,ADA@example.com,,,")
    client.orders(ADAS_FIRST, "bob,2026-05-01T08:00:00,2,bread,1")
    broken = HEAD.replace("Come back, {{ customer.id }}.", "{{ 1 // (customer.id != 'ada') }}")
    client.write(journey("{event: order}"), head=broken)
    client.run(DAY1)
    assert message(client, "ada")["reason"] == "render_error"
    assert message(client, "bob")["reason"] == "duplicate"
    assert message(client, "bob")["why"] == "ADA@example.com was to get it as ada"


def test_a_late_message_says_by_how_much(client: Client) -> None:
    client.orders(ADAS_FIRST)
    late = "  hello:\n    max_lateness: 30m\n"
    head = HEAD.replace("  hello:\n", late)
    client.write(journey("{event: order}"), head=head)
    client.run(DAY1)
    told = "it was due 2026-05-01 08:00, 1h before this run; max_lateness is 30m"
    assert message(client, "ada")["why"] == told


def test_a_missing_consent_says_which_word_counts(client: Client) -> None:
    client.orders(ADAS_FIRST)
    head = HEAD.replace("  hello:\n", "  hello:\n    topic: offers\n")
    client.write(
        "topics: {offers: {title: O, basis: opt_in}}\n" + journey("{event: order}"), head=head
    )
    client.run(DAY1)
    assert message(client, "ada")["why"] == "offers by mail: never said, and the topic is opt_in"


def test_no_address_and_a_dead_one_are_told_apart(client: Client) -> None:
    client.people("ada,,,,", "bob,bob@example.com,,,")
    client.orders(ADAS_FIRST, "bob,2026-05-01T08:30:00,2,bread,1")
    client.write(journey("{event: order}"))
    client.run("2026-05-01T07:00Z")
    with opened(client) as connection:
        suppress(connection, {"BOB@example.com": "bounce"}, at=0)
    client.run(DAY1)
    assert message(client, "ada")["why"] == "they have no address on mail"
    assert message(client, "bob")["why"] == "bob@example.com is suppressed: bounce"


def test_who_left_is_told_when_and_why(client: Client) -> None:
    client.orders(ADAS_FIRST)
    more = "exit_when: {performed: order},"
    policy = "policy: {quiet_hours: {from: '08:00', to: '20:00'}}\n"
    client.write(
        policy + journey("{event: order}", "[{send: hello}, {wait: 9d}]", more + "again: never,")
    )
    client.run(DAY1)
    client.orders(ADAS_FIRST, "ada,2026-05-01T10:00:00,2,bread,99")
    client.run(DAY2)
    assert message(client, "ada")["why"] == "they left the journey on 2026-05-02 09:00 (exit_when)"


def test_an_unknown_message_says_what_to_do(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(journey("{event: order}"))
    client.run(DAY1)
    with opened(client) as connection:
        unknown = {"state": "unknown", "reason": "no_answer"}
        connection.execute(update(tables.deliveries).values(unknown))
    assert "regulars deliveries resolve" in message(client, "ada")["why"]


# ------------------------------------------------------------------ why not


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("{enters: big}", "they are not in big:\n  ✗ {trait: spend, at_least: 50}: spend is 3.50"),
        ("{leaves: buyers}", "they are still in buyers"),
        ("{leaves: big}", "they never left big: they were never in it"),
        ("{event: message.bounced}", "no message.bounced ever came"),
        (
            "{event: order, where: {item: {is: cake}}}",
            "no order is as the journey wants it; 1 came, the last 2026-05-01 08:00",
        ),
        (
            "{inactive: order, for: 45d}",
            "the last order came 2026-05-01 08:00; it counts from 2026-06-15 08:00 on",
        ),
        (
            "{inactive: message.opened, for: 45d}",
            "no message.opened ever came, so they can't have stopped",
        ),
        ("{at: '2026-06-01 09:00', segment: buyers}", "it comes on 2026-06-01 09:00"),
        (
            "{schedule: '0 9 * * mon', segment: big}",
            "they are not in big:\n  ✗ {trait: spend, at_least: 50}: spend is 3.50",
        ),
        (
            "{date: attribute.birthday}",
            "attribute.birthday is 1990-03-05, and no run has come in time for its day",
        ),
    ],
)
def test_who_is_not_in_a_journey_reads_what_it_waits_for(
    client: Client, when: str, told: str
) -> None:
    client.orders(ADAS_FIRST)
    client.write(SEGMENTS + journey(when))
    client.run(DAY1)
    assert why_not(client, "ada") == told


@pytest.mark.parametrize(
    "when",
    ["{at: '2026-05-01 08:30', segment: buyers}", "{date: attribute.birthday, yearly: true}"],
)
def test_who_was_in_it_is_not_told_that_it_came_without_them(client: Client, when: str) -> None:
    client.people("ada,ada@example.com,,1990-05-01,")
    client.orders(ADAS_FIRST)
    client.write(SEGMENTS + journey(when))
    client.run(DAY1)
    assert why_not(client, "ada").startswith("they entered on 2026-05-01")


def test_again_and_what_came_before_the_journey_forbid(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(SEGMENTS)
    client.run(DAY1)
    client.write(SEGMENTS + journey("{enters: buyers}"))
    client.run(DAY2)
    told = "they came into buyers on 2026-05-01 09:00, before the journey first ran"
    assert why_not(client, "ada").startswith(told)
    client.orders(ADAS_FIRST, "bob,2026-05-03T08:00:00,2,bread,1")
    client.write(SEGMENTS + journey("{enters: buyers}", more="again: 30d,"))
    client.run(DAY3)
    told = "they entered on 2026-05-03 09:00; again: 30d lets them in from 2026-06-02 09:00"
    assert why_not(client, "bob") == told


def test_the_whole_story_is_told_on_every_database(anywhere: Client) -> None:
    anywhere.people("ada,ada@example.com,Paris,,America/New_York", "bob,ADA@example.com,,,")
    anywhere.orders(ADAS_FIRST, "bob,2026-05-01T08:30:00,2,bread,1")
    policy = "policy: {holdout: 5%, caps: [{at_most: 1, per: day, then: hold}]}\n"
    steps = "[{send: hello}, {wait: 2d}, {wait_for: {performed: order}, at_most: 2d}]"
    anywhere.write(
        policy + SEGMENTS + journey("{event: order}", steps, "goal: {performed: order},")
    )
    anywhere.run(DAY1)
    told = why(anywhere, "bob")
    assert told["known"]["events"][0]["count"] == 1
    assert message(anywhere, "bob")["why"] == "ADA@example.com got it as ada"
    (entry,) = passage(anywhere, "ada", "--at", DAY3)["entries"]
    assert entry["stands"]["step"] == "wait_for-1"
    (entry,) = passage(anywhere, "ada")["entries"]
    assert entry["stands"]["step"] == "wait-1"


# ------------------------------------------------------------------ for people


def test_a_person_reads_it_as_lines(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(SEGMENTS + journey("{event: order}"))
    client.run(DAY1)
    status, out, err = client.call("why", str(client.path), "ada")
    assert status == 0, err
    for line in (
        "ada as of 2026-05-01 09:00 UTC",
        "✗ big: never inside",
        "├── ✗ {trait: spend, at_least: 50}: spend is 3.50",
        "entered: order, 2026-05-01 08:00",
        "hello sent to ada@example.com by mail",
    ):
        assert line in out


def test_a_message_that_goes_twice_is_told_by_its_steps(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(journey("{event: order}", "[{send: hello}, {send: hello, id: once_more}]"))
    client.run(DAY1)
    _, out, _ = client.call("why", str(client.path), "ada")
    assert "  hello sent to ada@example.com" in out
    assert "  once_more: hello sent to ada@example.com" in out


def test_one_segment_or_journey_may_be_told_alone(client: Client) -> None:
    client.orders(ADAS_FIRST)
    client.write(SEGMENTS + journey("{event: order}"))
    client.run(DAY1)
    _, out, _ = client.call("why", str(client.path), "ada", "--segment", "big")
    assert "buyers: inside" not in out
    assert "Journeys" not in out
    status, _, err = client.call("why", str(client.path), "ada", "--segment", "bigger")
    assert status == 2
    assert "buyers, big" in err


def test_secrets_of_the_playbook_are_not_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUSH", "s3cret-city")
    client.write("segments: {s: {attribute: city, is: {env: HUSH}}}\n")
    client.run(DAY1)
    _, out, _ = client.call("why", str(client.path), "ada")
    assert "attribute: city" in out
    assert "s3cret" not in out
