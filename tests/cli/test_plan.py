"""A plan reads as a page: numbers, reasons in words, and what people would read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runs.conftest import HEAD

if TYPE_CHECKING:
    from tests.runs.conftest import Client

AT = "2026-05-01T09:00Z"
ORDERS = ("ada,2026-05-01T08:00:00,1,bread,3.50", "bob,2026-05-01T08:30:00,2,bread,1")
LONG = """\
  long:
    mail: {subject: "Long", body: "{% for n in range(40) %}line {{ n }}\\n\\n{% endfor %}"}
  third:
    mail: {subject: "Third", body: "Three."}
  fourth:
    mail: {subject: "Fourth", body: "Four."}
"""
STEPS = "[{send: hello}, {send: long}, {send: third}, {send: fourth}, {wait: 2d}]"


def printed(client: Client, *words: str) -> str:
    status, out, err = client.call("plan", str(client.path), "--at", AT, *words)
    assert status == 0, err
    return out


def journey(steps: str = "[{send: hello}]", more: str = "") -> str:
    return f"journeys: {{j: {{when: {{event: order}}, {more} steps: {steps}}}}}\n"


def test_three_different_messages_are_shown_as_they_would_be_read(client: Client) -> None:
    client.orders(*ORDERS)
    client.write(LONG + journey(STEPS))
    out = printed(client)
    samples = out.partition("Samples\n")[2]
    assert [line.split()[1] for line in samples.splitlines() if line.startswith("  message")] == [
        "hello",
        "long",
        "third",
    ]
    assert "ada@example.com by mail" in samples
    assert "Hello ada" in samples
    assert "│ Come back, ada." in samples
    assert "line 3" in samples
    assert "line 30" not in samples
    assert "│ …" in samples
    assert "Samples" not in client.call("run", str(client.path), "--at", AT)[1]
    assert "samples" not in printed(client, "--json")


def test_reasons_are_told_in_words(client: Client) -> None:
    client.people("ada,ada@example.com,Paris,,Asia/Tokyo", "bob,,Rome,,")
    client.orders(*ORDERS)
    night = "policy: {quiet_hours: {from: '17:00', to: '08:00'}}\n"
    client.write(night + journey())
    out = " ".join(printed(client).split())
    assert "held 1 quiet_hours: it is night where they live" in out
    assert "skipped 1 unreachable: no address on any of its channels" in out
    assert "Samples" not in out


def test_journeys_show_who_waits_and_what_edits_touch(client: Client) -> None:
    client.orders(*ORDERS)
    more = "goal: {performed: order},"
    client.write(journey("[{wait: 2d, id: pause}, {send: hello}]", more))
    assert client.run("2026-05-01T08:45Z")["journeys"]["j"]["active"] == 2
    client.orders(*ORDERS, "ada,2026-05-01T08:50:00,3,bread,1")
    client.write(journey("[{send: hello}]", more))
    out = " ".join(printed(client).split())
    assert "journey entered waiting completed exited goal reached" in out
    assert "j 1 0 3 0 1" in out
    assert "j pause 2 hello" in out


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(
    client: Client, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    client.orders(*ORDERS)
    segment = "segments: {s: {performed: order, where: {item: {in: [bread]}}}}\n"
    client.write(LONG + segment + journey(STEPS))
    client.run(AT)
    for command in (("plan",), ("why", "ada"), ("deliveries",)):
        status, out, err = client.call(command[0], str(client.path), *command[1:])
        assert status == 0, err
        assert max(map(len, out.splitlines())) <= width


def test_a_secret_in_a_message_is_not_shown(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUSH", "s3cret-word")
    client.orders(*ORDERS)
    subject = '"Hello {{ customer.id }}"'
    client.write(journey(), head=HEAD.replace(subject, "{env: HUSH}"))
    out = printed(client)
    assert "Samples" in out
    assert "s3cret" not in out
