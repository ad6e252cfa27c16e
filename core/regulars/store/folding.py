"""Case folding that every database and Python do alike.

Letter by letter to lower case, for the letters of Unicode 3.0 (MariaDB knows no others); then
sharp s as ss and the final sigma as any sigma.
"""

from __future__ import annotations

# Between these, every letter that Python lowers, the databases can be made to lower too.
_RANGES = (
    (0x41, 0x21E),
    (0x222, 0x232),
    (0x386, 0x3AB),
    (0x3DA, 0x3EE),
    (0x400, 0x480),
    (0x48C, 0x4BE),
    (0x4C1, 0x4C3),
    (0x4C7, 0x4C7),
    (0x4CB, 0x4CB),
    (0x4D0, 0x4F4),
    (0x4F8, 0x4F8),
    (0x531, 0x556),
    (0x1E00, 0x1E94),
    (0x1EA0, 0x1EF8),
    (0x1F08, 0x212B),
    (0x2160, 0x216F),
    (0x24B6, 0x24CF),
    (0xFF21, 0xFF3A),
)
_LETTERS = [chr(code) for first, last in _RANGES for code in range(first, last + 1)]

# Capital → small letter; the first of the two that Python makes of a dotted capital I.
LOWER = {letter: letter.lower()[0] for letter in _LETTERS if letter.lower() != letter}
SPELT = (("\N{LATIN SMALL LETTER SHARP S}", "ss"), ("\u03c2", "\u03c3"))

_TABLE = str.maketrans(LOWER | dict(SPELT))


def fold_text(text: str) -> str:
    """``text`` folded, as ``functions.fold`` folds a column."""
    return text.lower() if text.isascii() else text.translate(_TABLE)
