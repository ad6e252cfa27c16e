"""Case folding that every database and Python do alike.

Letter by letter to lower case, for the letters of Unicode 3.0 (Latin, Greek, Cyrillic, Armenian
and more); then ß as ss and ς as σ.
"""

from __future__ import annotations

EXTRA_FOLDS = (("ß", "ss"), ("ς", "σ"))


def fold_text(text: str | None) -> str | None:
    """``text`` folded, as ``functions.fold`` folds a column; None stays None."""
    if text is None:
        return None
    if text.isascii():
        return text.lower()
    return text.lower().replace("ß", "ss").replace("ς", "σ")
