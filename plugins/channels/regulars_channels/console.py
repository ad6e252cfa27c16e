"""``use: console``: messages are printed for the person who looks on. Nothing is sent.

They go to standard error: standard output holds results for programs.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regulars.errors import TemporaryError
from regulars.hooks import ChannelContext, ChannelKind, Outgoing, Receipt, Settings, hookimpl

from .plain import harmless, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


class ConsoleSettings(Settings):
    """The console has no settings."""


class Console:
    """A sender that prints."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def send(self, message: Outgoing, /) -> Receipt:
        """Print one message in one write, so that messages don't mingle."""
        try:
            sys.stderr.write(self.page(message))
            sys.stderr.flush()
        except OSError as error:
            raise TemporaryError(f"can't write to standard error: {error}") from error
        return Receipt()

    def page(self, message: Outgoing) -> str:
        """The message as it is printed, control characters shown as escapes."""
        to, customer = one_line(message.address), one_line(message.customer)
        head = [f"─── {message.message} by {self.channel} to {to} (customer {customer})"]
        if message.medium == "email":
            head.append(f"Subject: {one_line(message.subject)}")
        if message.preheader:
            head.append(f"Preheader: {one_line(message.preheader)}")
        return "\n".join([*head, "", harmless(_body(message)), "", ""])


def _body(message: Outgoing) -> str:
    if message.medium == "data":
        return json.dumps(dict(message.data), ensure_ascii=False, indent=2)
    return (message.text or message.html).replace("\r\n", "\n").strip("\n")


@contextmanager
def open_console(_config: ConsoleSettings, context: ChannelContext) -> Iterator[Console]:
    """The console, for one run."""
    yield Console(context.channel)


@hookimpl
def regulars_channels() -> list[ChannelKind]:
    """Offer the console."""
    return [
        ChannelKind(
            name="console",
            summary="print messages on the terminal (standard error)",
            config=ConsoleSettings,
            open=open_console,
        )
    ]
