"""A loose plugin: the channel ``null`` takes every message and does nothing with it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from regulars.hooks import ChannelContext, ChannelKind, Outgoing, Receipt, Settings, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator


class NullSettings(Settings):
    """The null channel has no settings."""


class Null:
    def send(self, _message: Outgoing, /) -> Receipt:
        return Receipt()


@contextmanager
def open_null(_config: NullSettings, _context: ChannelContext) -> Iterator[Null]:
    yield Null()


@hookimpl
def regulars_channels() -> list[ChannelKind]:
    return [ChannelKind("null", "take every message, send nothing", NullSettings, open_null)]
