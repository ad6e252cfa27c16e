"""Addresses of pages in messages: which may stand in a link, and how data gets into one."""

from __future__ import annotations

import re
from urllib.parse import quote

from jinja2 import TemplateRuntimeError

_ALLOWED = re.compile(r"https?://[^\s/]|mailto:[^\s]|tel:[+0-9]", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\"<>\\^`{|}]")
_RESERVED = "!#$%&'()*+,/:;=?@[]~"
_SHOWN = 60


class Url(str):
    """A text that is fit for a link as it stands."""

    __slots__ = ()


def url(value: object) -> Url:
    """``value`` as the target of a link: absolute, with a scheme that only opens or writes.

    Raises:
        TemplateRuntimeError: it begins with none of https, http, mailto, tel.
    """
    if isinstance(value, Url):
        return value
    text = str(value).strip()
    if not may_link(text):
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        raise TemplateRuntimeError(
            f"{shown!a} is no address that a link may have; "
            "it must begin with https://, http://, mailto: or tel:"
        )
    return Url(quote(text, safe=_RESERVED, errors="replace") if _needs_quoting(text) else text)


def may_link(text: str) -> bool:
    """Whether ``text`` begins as the target of a link may begin."""
    return _ALLOWED.match(text) is not None


def part_of_url(value: object, *, safe: str = "/") -> str:
    """``value`` percent-encoded, to stand inside a URL that the template begins."""
    if isinstance(value, Url):
        return value
    return quote(str(value), safe=safe, errors="replace")


def urlencode(value: object) -> Url:
    """``value`` percent-encoded, for one part of a URL: ``?name={{ name | urlencode }}``."""
    return Url(part_of_url(value, safe=""))


def _needs_quoting(text: str) -> bool:
    return not text.isascii() or _UNSAFE.search(text) is not None
