"""E-mail addresses: exactly one, in a form that every mail server takes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from regulars.errors import PermanentError

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 253
_SHOWN = 80


def address(text: str) -> str:
    """``text`` as one plain address, an international domain in its ASCII form.

    Raises:
        PermanentError: it is no address, or more than one; it is dead and must not be used again.
    """
    local, at, domain = text.rpartition("@")
    if not at or len(local) > _LONGEST_LOCAL or "=?" in text or not _LOCAL.fullmatch(local):
        raise PermanentError(f"{_shown(text)} is not an e-mail address", suppress=True)
    try:
        return f"{local}@{ascii_domain(domain)}"
    except ValueError:
        raise PermanentError(f"{_shown(text)} has no possible domain", suppress=True) from None


@lru_cache(maxsize=4096)
def ascii_domain(domain: str) -> str:
    """``domain`` as DNS knows it; other scripts become punycode.

    The mapping is the one of today's browsers (UTS 46, non-transitional) as far as an address
    needs it: ``ß`` stays itself, because with ``ss`` it would be somebody else's domain.

    Raises:
        ValueError: no such domain is possible.
    """
    if not domain.isascii():
        domain = unicodedata.normalize("NFKC", domain.lower()).replace("。", ".")
        domain = ".".join(_ascii_label(label) for label in domain.split("."))
    if len(domain) > _LONGEST_DOMAIN or not all(map(_LABEL.fullmatch, domain.split("."))):
        raise ValueError(domain)
    return domain


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    if not all(char == "-" or unicodedata.category(char)[0] in "LMN" for char in label):
        raise ValueError(label)
    return "xn--" + label.encode("punycode").decode("ascii")


def split_mailbox(text: str) -> tuple[str, str]:
    """``Corner Bakery <hello@corner.example>`` as its name (may be empty) and its address.

    Raises:
        PermanentError: it holds no address.
    """
    text = text.strip()
    if not text.endswith(">"):
        return "", address(text)
    name, _, inside = text[:-1].rpartition("<")
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, address(inside.strip())


def _shown(text: str) -> str:
    """``text`` quoted, cut to a line, without anything that could disturb a terminal."""
    return ascii(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
