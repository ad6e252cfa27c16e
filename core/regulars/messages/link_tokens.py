"""Link tokens: what a link says, signed, so that nobody else can write one.

A token says for whom, about which topic and channel, and by which delivery. It is
base64url(version, purpose, fields, signature), signed with a key for its purpose alone.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from regulars.signing import derived, signature

if TYPE_CHECKING:
    from collections.abc import Mapping

Purpose = Literal["unsubscribe", "preferences", "click"]
PURPOSES: Mapping[Purpose, bytes] = {"unsubscribe": b"u", "preferences": b"p", "click": b"c"}
PAGE = re.compile(r"https?://[^/]", re.IGNORECASE)  # how the address of a page begins

_VERSION = b"\x01"
_HEAD, _TAIL = 2, 16  # octets before the fields, and of the signature
_LENGTH = 2  # octets that say how long a field is
_LONGEST = 8_000  # characters of a token; more is no address that every server takes


@dataclass(frozen=True)
class Token:
    """What a link says.

    ``customer`` is the client's own id. Without a ``topic`` everything but what is transactional
    is meant. ``delivery`` is the key of the message that the link stood in, ``url`` the page that
    a click leads to.
    """

    purpose: Purpose
    customer: str
    topic: str = ""
    channel: str = ""
    delivery: str = ""
    url: str = ""


def sign(key: bytes, token: Token) -> str:
    """``token`` as the end of an address, signed with the playbook's ``key``.

    Raises:
        ValueError: a click doesn't lead to a page, or the token is too long.
    """
    if (token.purpose == "click") != (PAGE.match(token.url) is not None):
        raise ValueError("a click leads to a page that begins with https:// or http://")
    fields = [field.encode(errors="surrogatepass") for field in astuple(token)[1:]]
    content = _VERSION + PURPOSES[token.purpose]
    content += b"".join(len(field).to_bytes(_LENGTH, "big") + field for field in fields)
    text = _text(content + signature(_key(key, token.purpose), content))
    if len(text) > _LONGEST:
        raise ValueError(f"a link has at most {_LONGEST:,} characters")
    return text


def read(key: bytes, text: str, *purposes: Purpose) -> Token | None:
    """The token that ``sign`` wrote as ``text``, for one of ``purposes`` (default: any).

    None is the one answer to every fault: another purpose or playbook, a changed or missing
    character, spare bits that were set, no token at all.
    """
    octets = _octets(text)
    purpose = next((p for p in purposes or PURPOSES if PURPOSES[p] == octets[1:_HEAD]), None)
    content, signed = octets[:-_TAIL], octets[-_TAIL:]
    right = signature(_key(key, purpose or "click"), content)
    if not hmac.compare_digest(right, signed) or purpose is None or content[:1] != _VERSION:
        return None
    return _token(purpose, content[_HEAD:])


def _octets(text: str) -> bytes:
    """What ``text`` encodes; nothing where it is not exactly how that is written."""
    if not text.isascii() or len(text) > _LONGEST:
        return b""
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
    return octets if hmac.compare_digest(_text(octets), text) else b""


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _token(purpose: Purpose, content: bytes) -> Token | None:
    fields, place = [], 0
    while place < len(content):
        start = place + _LENGTH
        place = start + int.from_bytes(content[place:start], "big")
        fields.append(content[start:place].decode(errors="surrogatepass"))
    return Token(purpose, *fields)


@lru_cache(maxsize=64)
def _key(key: bytes, purpose: Purpose) -> bytes:
    return derived(key, f"link to {purpose}")
