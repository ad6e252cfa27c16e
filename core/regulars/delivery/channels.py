"""The channels of a playbook, ready to be opened by worker threads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from regulars.hooks import ChannelContext

from .workers import Channel

if TYPE_CHECKING:
    from regulars.hooks import RunInfo
    from regulars.segments.scope import Scope


def channels_of(scope: Scope, run: RunInfo) -> list[Channel]:
    """Every channel of the playbook; none is opened yet."""
    playbook, plugins = scope.playbook, scope.plugins
    channels = []
    for name, channel in playbook.channels.items():
        kind = plugins.channels[channel.use]
        settings = playbook.settings["channels", name]
        context = ChannelContext(playbook.id, name, playbook.folder, run.id, run.at)
        blame = f"channel {name}, plugin {plugins.offered_by('channels', kind.name)}"
        opened = partial(kind.open, settings, context)
        channels.append(Channel(name, opened, max(1, kind.threads(settings)), blame))
    return channels


def may_repeat(scope: Scope, message: str, channel: str | None) -> bool:
    """Whether a message whose outcome is unknown may be sent once more.

    It says so itself (``delivery: at_least_once``), or its channel is idempotent by key.
    """
    playbook = scope.playbook
    if message in playbook.messages and playbook.messages[message].delivery == "at_least_once":
        return True
    if channel is None or channel not in playbook.channels:
        return False
    return scope.plugins.channels[playbook.channels[channel].use].idempotent
