"""Mailboxes: the messages of an mbox file, a single message, or a Maildir folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from .notices import notices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .reports import Found

KEPT = 1_000_000  # octets of a message; a report says what it has to say long before
_LINE = 65_536
_FROM = b"From "  # what begins a message in an mbox file, after an empty line


def read_mailbox(stream: BinaryIO) -> Iterator[tuple[int, Found]]:
    """The number of each message in an mbox file, or of a single one, with what it reports."""
    for number, message in enumerate(_messages(stream), 1):
        for found in notices(message):
            yield number, found


def read_folder(folder: Path) -> Iterator[tuple[int, Found]]:
    """The same for a Maildir: new messages, then those that were seen, by name."""
    files = [f for name in ("new", "cur") for f in sorted((folder / name).glob("*"))]
    for number, file in enumerate((file for file in files if file.is_file()), 1):
        with file.open("rb") as opened:
            message = opened.read(KEPT)
        for found in notices(message):
            yield number, found


def is_maildir(folder: Path) -> bool:
    """Whether ``folder`` holds messages as a Maildir does."""
    return (folder / "new").is_dir() or (folder / "cur").is_dir()


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """Each message's first million octets; however long the rest is, it takes no memory."""
    kept: list[bytes] = []
    size, may_begin, several = 0, True, None
    while line := stream.readline(_LINE):
        begins = may_begin and line.startswith(_FROM)
        several = begins if several is None else several  # else it is a single message
        if begins and several:
            if size:
                yield b"".join(kept)
            kept, size = [], 0
        elif size < KEPT:
            kept.append(line)
            size += len(line)
        may_begin = not line.strip() and line.endswith(b"\n")
    if size:
        yield b"".join(kept)
