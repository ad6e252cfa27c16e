"""Text that a terminal or a line of a file can show without being steered by it."""

from __future__ import annotations

import unicodedata

# Bidirectional overrides and isolates make a line read as something that it isn't.
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_HARMFUL = frozenset(("Cc", "Cs", "Zl", "Zp"))


def harmless(text: str) -> str:
    """``text`` with every control character but line feed and tab shown as its escape."""
    return "".join(_shown(letter) for letter in text)


def one_line(text: str) -> str:
    """As ``harmless``, with line feeds and tabs shown as their escapes too."""
    return harmless(text).replace("\n", "\\n").replace("\t", "\\t")


def _shown(letter: str) -> str:
    if letter in "\n\t" or (
        letter not in _STEERING and unicodedata.category(letter) not in _HARMFUL
    ):
        return letter
    return letter.encode("unicode_escape").decode("ascii")
