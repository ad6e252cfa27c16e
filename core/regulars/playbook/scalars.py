"""Scalars: what an unquoted word in YAML means.

YAML 1.2 without its traps: ``true``, ``false``, ``null``, ``~`` and plain decimal numbers have a
meaning of their own, everything else is text. So ``NO``, ``on``, ``yes``, ``12:30``,
``2026-12-01``, ``010`` and ``+15550100`` are text: a postcode keeps its zero, a telephone number
its plus.
"""

from __future__ import annotations

import math
import re

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
FLOAT = re.compile(r"-?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
LONGEST = 400  # characters; a longer number is refused before it is converted
LARGEST = 2**63 - 1


def scalar(text: str) -> str | int | float | bool | None:
    """What the unquoted ``text`` means.

    Raises:
        ValueError: it is a number that can't be kept.
    """
    if text in WORDS:
        return WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if ENDLESS.fullmatch(text):
        raise ValueError(f"{text} is no number to compare with; quote it if it is text")
    if not FLOAT.fullmatch(text):
        return text
    return _number(text)


def _number(text: str) -> int | float:
    number: int | float = math.inf
    if len(text) <= LONGEST:
        number = int(text) if INTEGER.fullmatch(text) else float(text)
    if abs(number) > LARGEST and (isinstance(number, int) or math.isinf(number)):
        shown = text if len(text) <= 24 else f"{text[:24]}…"  # noqa: PLR2004 (fits a line)
        raise ValueError(f"{shown} is too large a number; quote it if it is text")
    return number
