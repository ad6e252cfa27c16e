"""The console: messages for the person who looks on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from regulars.errors import TemporaryError
from regulars_channels.console import ConsoleSettings, regulars_channels

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars.hooks import ChannelContext, Outgoing

    Make = Callable[..., Outgoing]


def send(context: ChannelContext, message: Outgoing) -> None:
    (kind,) = regulars_channels()
    with kind.open(ConsoleSettings(), context) as console:
        console.send(message)


def test_a_message_is_printed_to_standard_error_and_nothing_to_standard_output(
    context: ChannelContext, email: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    send(context, email(preheader="Fresh today", text="Come by.\r\nÀ bientôt 🥖\n"))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "─── we_miss_you by email to ada@example.com (customer c-1)\n"
        "Subject: Your loaf is waiting\n"
        "Preheader: Fresh today\n"
        "\n"
        "Come by.\nÀ bientôt 🥖\n\n"
    )


def test_data_is_printed_as_json(
    context: ChannelContext, email: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    send(context, email(medium="data", data={"offer": "\x1b[2J"}))
    assert '"offer": "\\u001b[2J"' in capsys.readouterr().err


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J", "\x9b31m", "a\rb", "\x07", "\u202egnp.exe", "\u2028", "\0", "\ud800"]
)
def test_nothing_in_a_message_steers_the_terminal(
    context: ChannelContext, email: Make, capsys: pytest.CaptureFixture[str], hostile: str
) -> None:
    where = dict.fromkeys(("address", "customer", "subject", "preheader", "text"), hostile)
    send(context, email(**where))
    shown = capsys.readouterr().err
    assert all(letter.isprintable() for letter in shown.replace("\n", ""))
    assert "\\" in shown


def test_a_subject_cannot_pretend_to_be_more_lines(
    context: ChannelContext, email: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    send(context, email(subject="Hello\nSubject: other"))
    assert "Subject: Hello\\nSubject: other\n" in capsys.readouterr().err


def test_a_terminal_that_went_away_may_come_back(
    context: ChannelContext, email: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 (a device)
        monkeypatch.setattr(sys, "stderr", full)
        with pytest.raises(TemporaryError, match="standard error"):
            send(context, email())
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space"):
            full.close()
