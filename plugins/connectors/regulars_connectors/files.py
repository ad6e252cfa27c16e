"""Files of a source: which ones a path means, and whether one has changed."""

from __future__ import annotations

import codecs
import glob
import hashlib
import os
import time
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

from regulars.errors import SourceError
from regulars.hooks import SourcePart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regulars.hooks import Batch


_JUST_NOW = 2_000_000_000  # nanoseconds; clocks of file systems tick every few milliseconds


def find_files(path: str, folder: Path) -> list[Path]:
    """The files that ``path`` means, relative to ``folder``, sorted; it may be a glob.

    Raises:
        SourceError: there is no such file, or nothing matches the glob.
    """
    exact = folder / path
    if exact.is_file():
        return [exact]
    if exact.is_dir():
        raise SourceError(f"{path} is a folder; name a file in it, or write {path.rstrip('/')}/*")
    if os.path.lexists(exact):
        raise SourceError(
            f"{path} is no regular file but a pipe, a device or a link that leads nowhere; "
            "put a file there or mend path"
        )
    if not glob.has_magic(path):
        raise SourceError(
            f"{path} is missing in {folder}{_similar(exact)}; put it there or mend path"
        )
    found = glob.glob(path, root_dir=folder, recursive=True)  # noqa: PTH207 (it may be absolute)
    files = [folder / name for name in sorted(found) if (folder / name).is_file()]
    if not files:
        raise SourceError(f"no file in {folder} matches {path}; put one there or mend path")
    return files


def _similar(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    close = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def origin(file: Path, folder: Path) -> str:
    """How ``file`` is called in errors: relative to the playbook's folder where it lies in it."""
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def part(file: Path, folder: Path, read: Callable[[Path, str, Any], Iterator[Batch]]) -> SourcePart:
    """``file`` as a part; ``read`` gets it, how it is called, and the cursor, which it hasn't.

    Raises:
        SourceError: the file can't be read.
    """
    name = origin(file, folder)
    try:
        found = file.stat()
    except OSError as error:
        raise unreadable(file.name, error) from None
    made, whole = partial(fingerprint, file), partial(read, file, name)
    return SourcePart(name, whole, made, size=found.st_size, stamp=_stamp(found))


def fingerprint(file: Path) -> str:
    """The size and a hash of the content: equal only for equal content.

    Raises:
        SourceError: the file can't be read.
    """
    try:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=16))
            size = os.fstat(content.fileno()).st_size
    except OSError as error:
        raise unreadable(file.name, error) from None
    return f"{size}-{digest.hexdigest()}"


def _stamp(found: os.stat_result) -> str | None:
    """What the system says of a file: equal only where nobody wrote to it since.

    None where it was written to just now: somebody may do so again at what is the same instant.
    """
    if time.time_ns() - max(found.st_ctime_ns, found.st_mtime_ns) < _JUST_NOW:
        return None
    return f"{found.st_dev}-{found.st_ino}-{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}"


def is_utf16(start: bytes) -> bool:
    """Whether a file that begins so is marked as UTF-16."""
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def unreadable(name: str, error: OSError) -> SourceError:
    """The error for a file that the system does not let us read."""
    return SourceError(f"{name} can't be read: {error.strerror}; check that it is a readable file")
