"""Links in what goes out, and what comes back, through the command line."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest

from tests.delivery.feedback.test_mailbox import bounce, complaint, reply
from tests.runs.conftest import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runs.conftest import Client

MESSAGES = """\
links: {base: https://links.corner.example/mail}
topics:
  offers: {title: Offers, basis: opt_out}
  service: {title: Your order, basis: transactional}
messages:
  hello:
    topic: offers
    mail: {subject: "Hello", body: "[Come back]({{ links.track('https://corner.example') }})"}
  receipt:
    topic: service
    mail: {subject: "Your order", body: "Thank you. {{ links.preferences }}"}
"""
JOURNEYS = """\
segments:
  clicked: {performed: message.clicked}
  everybody: {attribute: email, known: true}
journeys:
  offers: {when: {schedule: "0 9 * * *", segment: everybody}, steps: [{send: hello}]}
  receipts: {when: {event: order}, steps: [{send: receipt}]}
"""
PLAYBOOK = HEAD.partition("messages:")[0] + MESSAGES
DAY_1, DAY_2 = "2026-08-01T09:00Z", "2026-08-02T09:00Z"


@pytest.fixture
def shop(client: Client) -> Client:
    client.write(JOURNEYS, head=PLAYBOOK)
    client.orders("ada,2026-08-01T08:00:00,1,bread,3.50")
    return client


def mails(shop: Client, message: str) -> dict[str, tuple[bytes, Any]]:
    """The newest e-mail of that name to each customer: as it is, and parsed."""
    found = {}
    for path in sorted(shop.folder.glob(f"outbox/*/*-{message}-*.eml")):
        octets = path.read_bytes()
        parsed = message_from_bytes(octets, policy=policy.default)
        found[path.name.partition("-")[0]] = (octets, parsed)
    return found


def sent_id(shop: Client, customer: str) -> str:
    identity: str = mails(shop, "hello")[customer][1]["Message-ID"]
    return identity.strip("<>")


def feedback(shop: Client, *content: bytes, status: int = 0) -> dict[str, Any]:
    files = []
    for number, octets in enumerate(content):
        file = shop.folder / f"back-{number}"
        file.write_bytes(octets)
        files.append(str(file))
    answered, out, err = shop.call("feedback", str(shop.path), *files, "--at", DAY_2, "--json")
    assert answered == status, err
    told: dict[str, Any] = json.loads(out)
    return told


def test_every_marketing_mail_offers_to_unsubscribe_by_one_click(shop: Client) -> None:
    shop.run(DAY_1)
    for octets, parsed in mails(shop, "hello").values():
        (line,) = [x for x in octets.split(b"\r\n") if x.startswith(b"List-Unsubscribe:")]
        assert line.startswith(b"List-Unsubscribe: <https://links.corner.example/mail/u/")
        assert line.endswith(b">")
        assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "https://links.corner.example/mail/c/" in parsed.get_body().get_content()
    ((_, receipt),) = mails(shop, "receipt").values()
    assert receipt["List-Unsubscribe"] is receipt["List-Unsubscribe-Post"] is None
    for part in receipt.get_body(("plain",)), receipt.get_body(("html",)):
        assert "https://links.corner.example/mail/p/" in part.get_content()
        assert "nsubscribe" not in part.get_content()


def test_only_a_run_makes_the_key(shop: Client) -> None:
    def keys() -> list[Path]:
        return list(shop.folder.rglob("*.key"))

    shop.plan(DAY_1)
    status, out, _ = shop.call(
        "render", str(shop.path), "hello", "--customer", "ada", "--at", DAY_1
    )
    assert (status, keys()) == (0, [])
    assert "List-Unsubscribe: <https://links.corner.example/mail/u/" in out
    shop.run(DAY_1)
    (key,) = keys()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    content = key.read_bytes()
    shop.run(DAY_2)
    assert (keys(), key.read_bytes()) == ([key], content)


def test_without_links_nothing_is_signed(client: Client) -> None:
    client.orders("ada,2026-08-01T08:00:00,1,bread,3.50")
    client.write("journeys: {j: {when: {event: order}, steps: [{send: hello}]}}\n")
    client.run(DAY_1)
    ((octets, _),) = mails(client, "hello").values()
    assert b"List-Unsubscribe" not in octets
    assert list(client.folder.rglob("*.key")) == []


def test_mail_that_comes_back_decides_the_next_run(shop: Client) -> None:
    assert shop.run(DAY_1)["decisions"]["sent"] == 3
    start = b"From MAILER-DAEMON Sat Aug  1 10:00:00 2026\n"
    box = (
        start
        + bounce(sent=sent_id(shop, "ada"))
        + b"\n"
        + start
        + complaint(sent=sent_id(shop, "bob"))
    )
    told = feedback(shop, box)
    assert told["events"] == {"message.bounced": 1, "message.complained": 1}
    assert (told["suppressed"], told["unsubscribed"], told["rejects"]) == (2, 1, [])
    assert feedback(shop, box)["repeated"] == 2
    decisions = shop.run(DAY_2)["decisions"]
    assert decisions["sent"] == 0
    assert sum(decisions["skipped"].values()) == 2


def test_the_link_in_a_header_unsubscribes(shop: Client) -> None:
    shop.run(DAY_1)
    link = mails(shop, "hello")["ada"][1]["List-Unsubscribe"]
    token = link.strip("<>").rpartition("/")[2]
    said = {"event": "unsubscribed", "token": token, "at": "2026-08-01T10:00Z"}
    told = feedback(shop, json.dumps(said).encode())
    assert told["unsubscribed"] == 1
    decisions = shop.run(DAY_2)["decisions"]
    assert (decisions["sent"], decisions["skipped"]) == (1, {"consent": 1})


def test_readers_are_in_the_segment_and_machines_are_not(shop: Client) -> None:
    shop.run(DAY_1)
    lines = [
        {"event": "clicked", "delivery": sent_id(shop, who), "at": "2026-08-01T10:00Z", **more}
        for who, more in (
            ("ada", {"url": "https://corner.example"}),
            ("bob", {"user_agent": "curl/8"}),
        )
    ]
    told = feedback(shop, "\n".join(map(json.dumps, lines)).encode())
    assert told["events"] == {"message.clicked": 1, "message.clicked.machine": 1}
    assert shop.run(DAY_2)["segments"]["clicked"]["members"] == 1
    assert shop.call("segments", str(shop.path), "clicked", "--members")[1] == "ada\n"


def test_what_is_rejected_is_told_and_ends_with_status_1(shop: Client) -> None:
    shop.run(DAY_1)
    told = feedback(shop, reply() + b"\n", b'\n{"event": "opened"}\n', status=1)
    assert [(r["file"].rpartition("/")[2], r["line"]) for r in told["rejects"]] == [
        ("back-0", 1), ("back-1", 2),
    ]  # fmt: skip
    files = [str(shop.folder / name) for name in ("back-0", "back-1")]
    status, out, _ = shop.call("feedback", str(shop.path), *files)
    assert status == 1
    assert "which message" in " ".join(out.split())


def test_the_form_can_be_said(shop: Client) -> None:
    shop.run(DAY_1)
    file = shop.folder / "back"
    file.write_bytes(b" not json at all")
    status, out, _ = shop.call("feedback", str(shop.path), str(file), "--format", "jsonl", "--json")
    assert (status, json.loads(out)["rejects"][0]["reason"]) == (
        1, "is not JSON; write one object a line",
    )  # fmt: skip


def test_standard_input_is_a_file_too(shop: Client) -> None:
    shop.run(DAY_1)
    said = {"event": "opened", "delivery": sent_id(shop, "ada"), "at": "2026-08-01T10:00Z"}
    done = subprocess.run(
        [sys.executable, "-m", "regulars", "feedback", shop.path, "-", "--at", DAY_2, "--json"],
        input=json.dumps(said).encode(),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["events"] == {"message.opened": 1}


def test_a_folder_that_is_no_maildir_is_told_in_one_line(shop: Client) -> None:
    shop.run(DAY_1)
    status, out, err = shop.call("feedback", str(shop.path), str(shop.folder))
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1


def test_before_the_first_run_there_is_nothing_to_speak_of(shop: Client) -> None:
    status, _, err = shop.call("feedback", str(shop.path), str(shop.path))
    assert (status, "nothing has run yet" in err) == (2, True)


def test_a_file_that_is_not_there_is_told_before_anything_is_recorded(shop: Client) -> None:
    shop.run(DAY_1)
    good = shop.folder / "good.jsonl"
    said = {"event": "clicked", "delivery": sent_id(shop, "ada"), "at": DAY_2}
    good.write_text(json.dumps(said), encoding="utf-8")
    files = [str(good), str(shop.folder / "gone.jsonl")]
    status, _, err = shop.call("feedback", str(shop.path), *files, "--at", DAY_2)
    assert status == 2
    assert "gone.jsonl' does not exist" in err
    assert feedback(shop, good.read_bytes())["repeated"] == 0
