"""Files of feedback: which form one has, and everything that it says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from .jsonl import read_lines
from .mailbox import is_maildir, read_folder, read_mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from .reports import Found

Form = Literal["jsonl", "mailbox"]
FORMS: tuple[Form, ...] = ("jsonl", "mailbox")
STDIN = "-"
_LOOK = 4_096  # octets that show what a file is


def read_file(path: Path, zone: ZoneInfo, form: Form | None = None) -> Iterator[tuple[int, Found]]:
    """The number of each line or message with what it says; ``-`` is standard input.

    Without a ``form`` the content shows it: JSON lines begin with ``{``.

    Raises:
        OSError: the file can't be read.
    """
    if str(path) == STDIN:
        with open(sys.stdin.fileno(), "rb", closefd=False) as stream:
            yield from _read(stream, zone, form)
    elif path.is_dir():
        if not is_maildir(path):
            raise NotADirectoryError(0, "is no Maildir: there is neither new nor cur in it", path)
        yield from read_folder(path)
    else:
        with path.open("rb") as stream:
            yield from _read(stream, zone, form)


def _read(stream: BufferedReader, zone: ZoneInfo, form: Form | None) -> Iterator[tuple[int, Found]]:
    if (form or _guess(stream)) == "jsonl":
        return read_lines(stream, zone)
    return read_mailbox(stream)


def _guess(stream: BufferedReader) -> Form:
    begin = stream.peek(_LOOK).removeprefix(b"\xef\xbb\xbf").lstrip()
    return "jsonl" if begin.startswith(b"{") else "mailbox"
