"""Each command as a person calls it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import webbrowser
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

JOURNEY = "journeys: {j: {when: {event: order}, steps: [{send: hello}]}}\n"
AT = "2026-05-01T09:00Z"


@pytest.fixture
def shop(client: Client) -> Client:
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50")
    client.write(
        "traits: {spend: {sum: order.total}}\nsegments: {s: {performed: order}}\n" + JOURNEY
    )
    return client


def test_init_starts_a_folder_that_passes_its_check(client: Client) -> None:
    folder = client.folder / "bakery"
    status, out, err = client.call("init", str(folder))
    assert (status, str(folder / "playbook.yaml") in out) == (0, True), err
    assert client.call("check", str(folder / "playbook.yaml"))[0] == 0
    status, _, err = client.call("init", str(folder))
    assert status == 2
    assert "not empty" in err


def test_schema_knows_the_settings_of_installed_plugins(client: Client) -> None:
    status, out, _ = client.call("schema")
    assert status == 0
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")
    assert "reply_to" in out


def test_plugins_are_listed_with_what_they_offer(client: Client) -> None:
    status, out, _ = client.call("plugins", "--json")
    assert status == 0
    offers = {plugin["name"]: plugin["offers"] for plugin in json.loads(out)}
    assert offers["smtp"] == {"channels": ["smtp"]}
    assert "smtp" in client.call("plugins")[1]


def test_a_switched_off_plugin_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_DISABLE", "smtp")
    status, out, _ = client.call("plugins", "--json")
    assert status == 0
    (smtp,) = [plugin for plugin in json.loads(out) if plugin["name"] == "smtp"]
    assert smtp["offers"] == {}
    assert "REGULARS_DISABLE" in smtp["broken"]


def test_members_are_printed_one_a_line(shop: Client) -> None:
    shop.run(AT)
    assert shop.call("segments", str(shop.path), "s", "--members") == (0, "ada\n", "")
    assert json.loads(shop.call("segments", str(shop.path), "--json")[1]) == {"s": 1}


@pytest.mark.parametrize(
    "words",
    [
        ("segments", "PLAYBOOK", "nobody", "--members"),
        ("segments", "PLAYBOOK", "--members"),
        ("customers", "show", "PLAYBOOK", "nobody"),
        ("render", "PLAYBOOK", "nothing", "--customer", "ada"),
        ("render", "PLAYBOOK", "hello", "--customer", "nobody"),
        ("run", "PLAYBOOK", "--at", "tomorrow"),
        ("run", "nowhere.yaml"),
        ("dance",),
    ],
)
def test_what_is_not_there_is_said_with_status_2(shop: Client, words: tuple[str, ...]) -> None:
    shop.run(AT)
    status, out, err = shop.call(*(str(shop.path) if w == "PLAYBOOK" else w for w in words))
    assert (status, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err


def test_before_the_first_run_there_is_nothing_to_read(shop: Client) -> None:
    for command in (("segments",), ("sources",), ("customers", "show")):
        words = (*command, str(shop.path), *(("ada",) if len(command) > 1 else ()))
        status, _, err = shop.call(*words)
        assert status == 2
        assert "nothing has run yet" in err


def test_the_rendered_message_is_the_one_that_is_sent(shop: Client) -> None:
    status, out, err = shop.call("render", str(shop.path), "hello", "--customer", "ada", "--at", AT)
    assert status == 0, err
    shop.run(AT)
    (sent,) = shop.folder.glob("outbox/*/*.eml")
    shown, real = (
        message_from_bytes(content, policy=policy.default)
        for content in (out.encode(), sent.read_bytes())
    )
    for header in ("From", "To", "Subject", "Date"):
        assert shown[header] == real[header]
    for kind in ("plain", "html"):
        bodies = [message.get_body((kind,)) for message in (shown, real)]
        assert bodies[0].get_content() == bodies[1].get_content()  # type: ignore[union-attr]


def test_a_message_opens_in_a_browser(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    words = ("render", str(shop.path), "hello", "--customer", "ada", "--at", AT, "--open")
    assert shop.call(*words)[0] == 0
    page = Path(urlparse(opened[0]).path).read_text(encoding="utf-8")
    assert "Come back, ada." in unquote(page)
    assert "sandbox" in page


def test_a_customers_story_is_told(shop: Client) -> None:
    shop.run(AT)
    story = json.loads(shop.call("customers", "show", str(shop.path), "ada", "--json")[1])
    assert story["profile"]["city"] == "Paris"
    assert story["traits"] == {"spend": "3.5"}
    assert [event["event"] for event in story["events"]] == ["order"]
    assert [message["state"] for message in story["messages"]] == ["sent"]
    assert "ada@example.com" in shop.call("customers", "show", str(shop.path), "ada")[1]


def test_a_terminal_sees_progress_and_a_pipe_does_not(shop: Client) -> None:
    command = [sys.executable, "-m", "regulars", "run", str(shop.path), "--at", AT, "--json"]
    main, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        while chunk := _read(main):
            shown += chunk
        assert process.stdout is not None
        json.loads(process.stdout.read())
    os.close(main)
    assert b"Loading" in shown
    quiet = subprocess.run(command, capture_output=True, check=True)
    assert quiet.stderr == b""


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side has ended
        return b""
