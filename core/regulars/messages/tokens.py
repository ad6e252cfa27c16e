"""Tokens: what stands for a customer's data while Markdown becomes HTML.

Data never passes through Markdown. Where a template writes a value, a plain word takes its place;
when the HTML is made, each word becomes its value, escaped for where it came to stand. So a
customer named ``**x**`` or ``[a](javascript:1)`` can't be anything but text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from .urls import part_of_url, url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Letters and digits alone, so that Markdown takes a token for part of a word.
_OPEN, _CLOSE = "qzxv8", "vxzq"
TOKEN = re.compile(rf"{_OPEN}([tsup])(\d+){_CLOSE}")
_TO_A_PERSON = ("mailto:", "tel:")


@lru_cache(maxsize=1024)
def token(number: int) -> Markup:
    """What stands for value ``number`` in text."""
    return Markup(f"{_OPEN}t{number}{_CLOSE}")  # noqa: S704 (letters and digits)


def in_link(target: str) -> str:
    """The ``target`` of a link with its tokens marked by their place.

    ``s`` starts the target and must bring an allowed scheme, ``u`` stands inside it, ``p`` inside
    one that leads to a person.
    """
    inside = "p" if target.lower().startswith(_TO_A_PERSON) else "u"

    def mark(found: re.Match[str]) -> str:
        return f"{_OPEN}{'s' if found.start() == 0 else inside}{found[2]}{_CLOSE}"

    return TOKEN.sub(mark, target)


def begins_with_token(target: str) -> bool:
    """Whether data decides where ``target`` leads."""
    return TOKEN.match(target) is not None


def fill_html(html: str, values: Sequence[Any]) -> Markup:
    """``html`` with each token replaced by its value, escaped."""
    return Markup(_fill(html, values, escape))  # noqa: S704 (every value is escaped)


def fill_text(text: str, values: Sequence[Any]) -> str:
    """``text`` with each token replaced by its value."""
    return _fill(text, values, plain)


def plain(value: Any) -> str:
    """``value`` as text; of HTML that a plugin made, its words."""
    return value.striptags() if isinstance(value, Markup) else str(value)


def _fill(source: str, values: Sequence[Any], write: Callable[[Any], str]) -> str:
    begin, places = _cut(source)
    filled = [begin]
    for kind, number, between in places:
        data = values[number]
        if kind == "s":
            data = url(data)
        elif kind != "t":
            data = part_of_url(data, safe="@+" if kind == "p" else "/")
        filled += (write(data), between)
    return "".join(filled)


@lru_cache(maxsize=1024)
def _cut(source: str) -> tuple[str, tuple[tuple[str, int, str], ...]]:
    """What comes before the first token; each token's kind and number, and what follows it."""
    begin, *pieces = TOKEN.split(source)
    numbers = map(int, pieces[1::3])
    return begin, tuple(zip(pieces[::3], numbers, pieces[2::3], strict=True))
