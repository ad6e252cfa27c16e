"""What benchmarks write into the documentation: a section each, in the place of its last one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def insert(page: str, part: str) -> str:
    """``page`` with ``part`` in place of the section of the same title, or at its end.

    The title is the first line of ``part``.
    """
    title = part.splitlines()[0]
    old = re.compile(rf"^{re.escape(title)}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if old.search(page):
        return old.sub(lambda _: part + "\n", page).rstrip("\n") + "\n"
    return page.rstrip("\n") + "\n\n" + part


def write_section(file: Path, part: str) -> None:
    """Put ``part`` into the page in ``file``."""
    file.write_text(insert(file.read_text(encoding="utf-8"), part), encoding="utf-8")
