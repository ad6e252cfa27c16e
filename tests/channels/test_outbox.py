"""The outbox: files that a person can open, that never leave their folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from regulars.errors import TemporaryError
from regulars_channels.outbox import OutboxSettings, file_name, regulars_channels

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regulars.hooks import ChannelContext, Outgoing

    Make = Callable[..., Outgoing]

HOSTILE = [
    "../../etc/passwd",
    "..",
    "/etc/passwd",
    "C:\\Windows\\x",
    "nul\0byte",
    "line\nbreak",
    "x" * 5_000,
    "🦄" * 300,
    "\ud800half",
    "",
    "-rf",
    ".hidden",
]
KILLED = """
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from regulars.hooks import ChannelContext, Outgoing
from regulars_channels.outbox import OutboxSettings, open_outbox

os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
now = datetime(2026, 8, 1, 9, tzinfo=UTC)
context = ChannelContext("bakery", "email", Path({folder!r}), "run-1", now)
with open_outbox(OutboxSettings(), context) as outbox:
    outbox.send(Outgoing("0f" * 16, "ada@example.com", "c-1", "hello", "text", now, text="Hello"))
"""


def send(context: ChannelContext, *messages: Outgoing, **settings: Any) -> list[Path]:
    (kind,) = regulars_channels()
    with kind.open(OutboxSettings(**settings), context) as outbox:
        for message in messages:
            outbox.send(message)
    return sorted(path for path in context.folder.rglob("*") if path.is_file())


def test_an_email_becomes_one_eml_file_in_the_folder_of_its_run(
    context: ChannelContext, email: Make
) -> None:
    (path,) = send(context, email())
    assert path.parent == context.folder / "outbox" / context.run
    assert path.name == f"c-1-we_miss_you-{'0f' * 16}.eml"
    parsed = message_from_bytes(path.read_bytes())
    assert parsed["To"] == "ada@example.com"
    assert parsed["From"] == "email@localhost"
    assert parsed["Subject"] == "Your loaf is waiting"


def test_a_text_becomes_a_txt_file_with_its_recipient(context: ChannelContext, email: Make) -> None:
    message = email(medium="text", address="+15550100\nX: y", text="We kept you a loaf. 🥖")
    (path,) = send(context, message)
    assert path.suffix == ".txt"
    assert path.read_text() == "To: +15550100\\nX: y\n\nWe kept you a loaf. 🥖\n"


def test_data_becomes_json(context: ChannelContext, email: Make) -> None:
    (path,) = send(context, email(medium="data", address="c-1", data={"offer": "10 % off"}))
    assert json.loads(path.read_text()) == {
        "key": "0f" * 16,
        "customer": "c-1",
        "address": "c-1",
        "message": "we_miss_you",
        "at": "2026-08-01T09:00:00+00:00",
        "data": {"offer": "10 % off"},
    }


def test_a_second_attempt_of_the_same_message_replaces_its_file(
    context: ChannelContext, email: Make
) -> None:
    paths = send(context, email(), email(subject="Your loaf still waits"))
    assert len(paths) == 1
    assert b"still waits" in paths[0].read_bytes()


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("medium", ["email", "text", "data"])
def test_a_hostile_customer_id_stays_in_the_folder(
    context: ChannelContext, email: Make, medium: str, hostile: str
) -> None:
    message = email(customer=hostile, message=hostile, key=hostile or "k", medium=medium)
    (path,) = send(context, message)
    assert path.parent == context.folder / "outbox" / context.run
    assert len(path.name.encode()) < 200
    assert path.name == file_name(message)


def test_customers_whose_names_look_alike_in_a_file_name_get_files_of_their_own(
    context: ChannelContext, email: Make
) -> None:
    alike = [email(customer=name, key=name) for name in ("a/b", "a?b", "a b", "A/B")]
    assert len(send(context, *alike)) == 4


def test_the_folder_is_the_one_that_the_playbook_names(
    context: ChannelContext, email: Make
) -> None:
    (path,) = send(context, email(), path="letters/out", **{"from": "Corner <hi@corner.example>"})
    assert path.is_relative_to(context.folder / "letters" / "out")
    assert message_from_bytes(path.read_bytes())["From"] == "Corner <hi@corner.example>"


def test_a_folder_that_cannot_be_written_may_work_later(
    context: ChannelContext, email: Make
) -> None:
    (context.folder / "outbox").write_text("a file is in the way")
    with pytest.raises(TemporaryError, match=r"can't write .*; make room"):
        send(context, email())


def test_a_failed_write_leaves_no_part_behind(context: ChannelContext, email: Make) -> None:
    message = email()
    (context.folder / "outbox" / context.run / file_name(message)).mkdir(parents=True)
    with pytest.raises(TemporaryError):
        send(context, message)
    assert not list(context.folder.rglob("*.part"))


def test_what_a_killed_run_left_half_written_is_removed_later(
    context: ChannelContext, email: Make
) -> None:
    code = KILLED.format(folder=str(context.folder))
    child = subprocess.run([sys.executable, "-c", code], check=False)
    assert child.returncode == -signal.SIGKILL
    (part,) = context.folder.rglob("*.part")
    (whole,) = send(replace(context, run="run-2"), email())[1:]
    assert part.exists(), "another run may still be writing it"
    os.utime(part, (time.time() - 4000,) * 2)
    assert send(replace(context, run="run-3"), email())[0] == whole
    assert not part.exists()


@pytest.mark.parametrize("sender", ["nobody", "a@x, b@y", "A\nBcc: e@x <a@example.com>", "a@"])
def test_a_sender_that_is_none_is_refused_before_anything_runs(sender: str) -> None:
    with pytest.raises(ValidationError):
        OutboxSettings(**{"from": sender})
