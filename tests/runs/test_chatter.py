"""Plugins that print: their words are for people, standard output is for results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

CHATTY = """
from contextlib import contextmanager
from regulars.hooks import ChannelKind, Receipt, Settings, hookimpl


class Config(Settings):
    pass


class Sender:
    def send(self, message):
        print("chatter of send")
        return Receipt()


@contextmanager
def opened(config, context):
    print("chatter of open")
    yield Sender()
    print("chatter of close")


@hookimpl
def regulars_channels():
    return [ChannelKind("chatty", "for tests", Config, opened)]


@hookimpl
def regulars_may_send():
    print("chatter of may_send")


@hookimpl
def regulars_enrich():
    print("chatter of enrich")


@hookimpl
def regulars_prepare():
    print("chatter of prepare")


@hookimpl
def regulars_sent():
    print("chatter of sent")


@hookimpl
def regulars_run_started():
    print("chatter of run_started")


@hookimpl
def regulars_run_finished():
    print("chatter of run_finished")
"""
REST = """\
plugins: [./chatty.py]
segments: {all_: {attribute: email, known: true}}
journeys: {j: {when: {enters: all_}, existing: true, steps: [{send: hello}]}}
"""
ASKED = {"may_send", "enrich", "prepare"}
CALLED = ASKED | {"open", "send", "close", "sent", "run_started", "run_finished"}


@pytest.mark.parametrize(("command", "heard"), [("plan", ASKED), ("run", CALLED)])
def test_what_plugins_print_does_not_spoil_the_json(
    client: Client, command: str, heard: set[str]
) -> None:
    (client.folder / "chatty.py").write_text(CHATTY)
    client.write(REST)
    client.path.write_text(client.path.read_text().replace("use: outbox", "use: chatty"))
    status, out, err = client.call(command, str(client.path), "--at", "2026-05-01T09:00Z", "--json")
    assert status == 0, err
    assert json.loads(out)["decisions"]["sent"] == 2
    assert {line.removeprefix("chatter of ") for line in err.splitlines()} == heard


def test_a_run_needs_nobody_who_listens(client: Client) -> None:
    client.write("")
    command = f"{sys.executable} -m regulars run {client.path} --profile >&- 2>&-"
    assert subprocess.run(command, shell=True, check=False).returncode == 0


def test_what_an_encoding_lacks_is_marked(client: Client) -> None:
    client.write("")
    words = [sys.executable, "-m", "regulars", "run", str(client.path), "--profile"]
    environ = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    ended = subprocess.run(words, env=environ, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"The slowest statements" in ended.stdout
