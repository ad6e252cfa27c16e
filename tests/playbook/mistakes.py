"""Mistakes that people make, each with what they are told."""

from __future__ import annotations

import re
from pathlib import Path

CASE = re.compile(r"^\[(?P<name>.+)\]\n(?P<text>(?:.+\n)+)> (?P<told>.+)$", re.MULTILINE)


def mistakes(file: str) -> dict[str, tuple[str, str]]:
    """The cases in ``file`` by name: the playbook's text, and how the problem begins."""
    written = Path(__file__).with_name(file).read_text(encoding="utf-8")
    found = {case["name"]: (case["text"], case["told"]) for case in CASE.finditer(written)}
    assert len(found) == written.count("\n["), "a case is not written as the others are"
    return found
