"""Contents: what of a message a person agrees to, as one hash; any edit makes another one."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from regulars.messages.rendering import DEFAULT_LAYOUT
from regulars.values import jsonable

from .routing import experiment_routes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regulars.hooks import Plugins
    from regulars.playbook.messages import Message
    from regulars.playbook.playbook import Playbook


def content_of(playbook: Playbook, plugins: Plugins, name: str) -> bytes:
    """16 bytes that stand for all that readers of the message ``name`` would see, unfilled.

    Its parts, its template files and layouts as they are on disk, its topic, and what the arms of
    its experiments tell it.
    """
    message = playbook.messages[name]
    topic = playbook.topics[message.topic] if message.topic is not None else None
    words: dict[str, Any] = {
        "topic": [message.topic, topic and topic.model_dump()],
        "parts": {channel: part.model_dump() for channel, part in message.parts.items()},
    }
    if arms := _arms(playbook, name):
        words["arms"] = arms
    digest = blake2b(digest_size=16, person=b"content")
    written = json.dumps(jsonable(words), sort_keys=True, ensure_ascii=False)
    for octets in (written.encode(errors="surrogatepass"), *_files(playbook, plugins, message)):
        digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.digest()


def edition(playbook: Playbook, plugins: Plugins) -> str:
    """Text that stands for what is sent and why: all journeys, and what all messages say."""
    journeys = {name: journey.model_dump() for name, journey in playbook.journeys.items()}
    digest = blake2b(digest_size=16, person=b"edition")
    digest.update(json.dumps(jsonable(journeys), sort_keys=True).encode())
    for name in sorted(playbook.messages):
        digest.update(content_of(playbook, plugins, name))
    return digest.hexdigest()


def _arms(playbook: Playbook, name: str) -> dict[str, Any]:
    """The arms, with their variables, of every experiment that the message is sent with."""
    used = {
        experiment for experiment, route in experiment_routes(playbook) if route.message == name
    }
    return {experiment: playbook.experiments[experiment].variables() for experiment in used}


def _files(playbook: Playbook, plugins: Plugins, message: Message) -> Iterator[bytes]:
    for part in message.parts.values():
        if part.template is not None:
            yield _read(playbook.folder / part.template)
        written_in_markdown = part.body or (part.template or "").endswith(".md.j2")
        if part.medium == "email" and (part.layout or written_in_markdown):
            kind = plugins.layouts[part.layout or DEFAULT_LAYOUT]
            for ending in ("html", "txt"):
                yield _read(kind.folder / f"{kind.name}.{ending}.j2")


def _read(path: Path) -> bytes:
    """The file's bytes; one that can't be read is told when the message is rendered."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
