"""What channels, messages and their parts name: attributes, topics, channels, files."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.errors import Problem
from regulars.playbook.messages import OWN_WORDS, Message, MessagePart
from regulars.playbook.positions import Path
from regulars.playbook.suggestions import unknown

from .known import Known


def check_messages(known: Known) -> Iterator[Problem]:
    """Every channel's address and every message."""
    for name, channel in known.draft.parts["channels"].items():
        if channel.to is not None:
            yield from known.is_attribute(("channels", name), ("to",), channel.to)
    for name in known.draft.declared("messages"):
        yield from _part_names(known, ("messages", name))
    for name, message in known.draft.parts["messages"].items():
        yield from _topic(known, ("messages", name), message)
        for channel, part in message.parts.items():
            yield from _part(known, ("messages", name, channel), part)


def _part_names(known: Known, path: tuple[str, str]) -> Iterator[Problem]:
    channels = known.draft.declared("channels")
    for word in known.draft.document.section(*path):
        if word not in channels and word not in OWN_WORDS:
            reason = unknown("channel", word, [*channels, *OWN_WORDS])
            yield known.draft.document.problem(path, reason, at=(word,), key=True)


def _topic(known: Known, path: Path, message: Message) -> Iterator[Problem]:
    if message.topic is not None:
        yield from known.in_section("topics", "topic", path, ("topic",), message.topic)
    elif topics := known.draft.declared("topics"):
        reason = f"'topic' is missing; it is one of {', '.join(topics)}"
        yield known.draft.document.problem(path, reason, key=True)


def _part(known: Known, path: Path, part: MessagePart) -> Iterator[Problem]:
    document = known.draft.document
    channel = known.draft.parts["channels"].get(str(path[-1]))
    kind = known.draft.plugins.channels.get(channel.use) if channel else None
    if kind and part.medium not in kind.accepts:
        reason = f"{kind.name} carries {' and '.join(kind.accepts)}, and this is {part.medium}"
        yield document.problem(path, reason, key=True)
    if part.template is not None and not _is_file(known, part.template):
        reason = f"there is no file {part.template} beside the playbook; create it"
        yield document.problem(path, reason, at=("template",))


def _is_file(known: Known, template: str) -> bool:
    try:
        return (known.draft.path.parent / template).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
