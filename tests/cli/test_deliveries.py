"""Messages are listed, and a person's word settles those whose outcome nobody knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from regulars.store import Store, hold, tables
from sqlalchemy import update

if TYPE_CHECKING:
    from tests.runs.conftest import Client

JOURNEY = "journeys: {j: {when: {event: order}, steps: [{send: hello}]}}\n"
AT, LATER = "2026-05-01T09:00Z", "2026-05-01T10:00Z"


@pytest.fixture
def shop(client: Client) -> Client:
    """Two messages were sent; nobody knows whether the first one arrived."""
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50", "bob,2026-05-01T08:30:00,2,bread,3.50")
    client.write(JOURNEY)
    client.run(AT)
    change(client, 1, state="unknown", reason="no_answer", detail="broke after DATA")
    return client


def url(client: Client) -> str:
    return f"sqlite:///{client.folder / '.regulars' / 'shop.db'}"


def change(client: Client, number: int, **values: object) -> None:
    store = Store.open(url(client))
    with store.transaction() as connection:
        ledger = tables.deliveries
        connection.execute(update(ledger).where(ledger.c.id == number).values(values))
    store.close()


def listed(client: Client, *words: str) -> list[tuple[int, str, str]]:
    status, out, err = client.call("deliveries", str(client.path), *words, "--json")
    assert status == 0, err
    return [(row["id"], row["customer"], row["state"]) for row in json.loads(out)]


def resolved(client: Client, *words: str) -> tuple[int, str]:
    status, out, err = client.call("deliveries", "resolve", str(client.path), *words)
    return status, out + err


def test_messages_are_listed_by_state_by_message_and_the_newest_first(shop: Client) -> None:
    both = [(1, "ada", "unknown"), (2, "bob", "sent")]
    assert listed(shop) == both
    assert listed(shop, "--unknown") == listed(shop, "--state", "unknown") == both[:1]
    assert listed(shop, "--message", "hello", "--limit", "1") == both[1:]
    assert listed(shop, "--message", "goodbye") == []


def test_a_person_reads_what_became_of_each_and_what_to_do(shop: Client) -> None:
    _, out, _ = shop.call("deliveries", str(shop.path), "--limit", "1", "--unknown")
    assert "unknown to ada@example.com by mail: no_answer" in " ".join(out.split())
    assert "broke after DATA" in out
    assert "deliveries resolve" in out
    _, out, _ = shop.call("deliveries", str(shop.path), "--limit", "1")
    assert "The newest 1 of 2" in out


@pytest.mark.parametrize("word", ["sent", "failed"])
def test_a_persons_word_ends_it_and_is_kept(
    shop: Client, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "mia")
    assert resolved(shop, "1", f"--{word}") == (0, f"1 message {word}\n")
    (row, _) = json.loads(shop.call("deliveries", str(shop.path), "--json")[1])
    assert row["state"] == word
    assert row["detail"].startswith("mia said on 20")
    assert listed(shop, "--unknown") == []
    shop.run(LATER)
    assert len(shop.sent()) == 2


def test_sent_again_by_a_persons_word_it_goes_once_more(shop: Client) -> None:
    assert resolved(shop, "1", "--again") == (0, "1 message planned again\n")
    assert shop.run(LATER)["decisions"]["sent"] == 1
    assert listed(shop) == [(1, "ada", "sent"), (2, "bob", "sent")]
    assert len(shop.sent()) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1", "2", "--sent"), "2 is sent"),
        (("1", "99", "--again"), "99 is not there"),
        (("1",), "--sent, --failed or --again"),
        (("1", "--sent", "--failed"), "--sent, --failed or --again"),
        (("one", "--sent"), "not a valid integer"),
        (("1", f"{10**20}", "--sent"), "is not in the range"),
    ],
)
def test_all_of_them_are_resolved_or_none(shop: Client, words: list[str], said: str) -> None:
    status, told = resolved(shop, *words)
    assert status == 2
    assert said in told
    assert listed(shop, "--unknown") == [(1, "ada", "unknown")]


def test_nobody_settles_while_a_run_holds_the_playbook(shop: Client) -> None:
    with hold(url(shop)):
        assert resolved(shop, "1", "--sent")[0] == 3
    assert listed(shop, "--unknown") == [(1, "ada", "unknown")]


def test_what_is_in_flight_is_between_one_and_five_hundred(shop: Client) -> None:
    run = ("run", str(shop.path), "--at", LATER, "--in-flight")
    assert shop.call(*run, "1")[0] == 0
    assert shop.call(*run, "0")[0] == shop.call(*run, "501")[0] == 2
