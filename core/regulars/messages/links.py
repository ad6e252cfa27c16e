"""Links: the addresses in a message that regulars itself answers to, each with a signed token.

    {base}/u/{token}   unsubscribe
    {base}/p/{token}   preferences
    {base}/c/{token}   a click that leads on to a page

A token says for whom, about which topic and channel, and by which delivery. It is
base64url(version, purpose, fields, signature), signed with a key for its purpose alone.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import TemplateRuntimeError
from markupsafe import Markup

from regulars.signing import derived, signature, signing_key

from .filters import known
from .tokens import fill_text
from .urls import Url, url
from .work import WORK

if TYPE_CHECKING:
    from regulars.playbook.playbook import Playbook

Purpose = Literal["unsubscribe", "preferences", "click"]
PURPOSES: Mapping[Purpose, bytes] = {"unsubscribe": b"u", "preferences": b"p", "click": b"c"}
NAMES = ("unsubscribe", "preferences", "track")  # what a template may write behind `links.`
_WHOLE: Mapping[str, Purpose] = {"unsubscribe": "unsubscribe", "preferences": "preferences"}

_VERSION = b"\x01"
_HEAD, _TAIL = 2, 16  # octets before the fields, and of the signature
_LENGTH = 2  # octets that say how long a field is
_LONGEST = 8_000  # characters of a token; more is no address that every server takes
_LONGEST_TARGET = 2_000  # characters of a page's address
_PAGE = re.compile(r"https?://[^/]", re.IGNORECASE)


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
    if (token.purpose == "click") != (_PAGE.match(token.url) is not None):
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


@dataclass(frozen=True)
class Linking:
    """Writes the links of a playbook: ``base`` is where they begin, ``key`` signs them.

    ``topics`` are the topics of the messages that are not transactional, by message.
    """

    base: str
    key: bytes
    topics: Mapping[str, str]

    def to(self, token: Token) -> Url:
        """The address that says ``token``."""
        place = PURPOSES[token.purpose].decode("ascii")
        return Url(f"{self.base}/{place}/{sign(self.key, token)}")

    def links(self, message: str, customer: str, channel: str, delivery: str) -> Links:
        """The links of one message: its delivery's key and whom it goes to."""
        topic = self.topics.get(message)
        return Links(self, (customer, topic or "", channel, delivery), marketing=topic is not None)


def linking(playbook: Playbook, *, make_key: bool) -> Linking | None:
    """What writes the playbook's links; None where it doesn't say where they lead.

    With ``make_key`` it gets its key if it has none.

    Raises:
        StoreError: the key can't be read or made.
    """
    if playbook.links is None:
        return None
    topics = {
        name: message.topic or ""
        for name, message in playbook.messages.items()
        if not playbook.is_transactional(name)
    }
    return Linking(playbook.links.base, signing_key(playbook, make=make_key), topics)


class Links(Mapping[str, Any]):
    """``links`` in a template: what one message to one customer may lead to.

    Addresses are signed when they are asked for. ``marketing`` says that the customer may
    unsubscribe from such messages.
    """

    def __init__(
        self, linking: Linking, about: tuple[str, str, str, str], *, marketing: bool
    ) -> None:
        self._linking, self._about, self._marketing = linking, about, marketing

    def __getitem__(self, name: str) -> Any:
        if name == "track":
            return self.track
        return self._linking.to(Token(_WHOLE[name], *self._about))

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)

    def track(self, target: object) -> Url:
        """An address that leads on to ``target`` and tells of the click.

        Raises:
            TemplateRuntimeError: ``target`` is no page.
        """
        if isinstance(target, Markup):
            target = fill_text(target.unescape(), WORK.values)
        page = url(known(target))
        if _PAGE.match(page) is None:
            raise TemplateRuntimeError(
                f"{page[:60]!a} is no page that can be tracked; write it without links.track"
            )
        if len(page) > _LONGEST_TARGET:
            raise TemplateRuntimeError(
                f"a tracked address has at most {_LONGEST_TARGET:,} characters; make it shorter"
            )
        return self._linking.to(Token("click", *self._about, url=page))

    def headers(self) -> dict[str, str]:
        """The headers with which a mail program offers to unsubscribe by one click (RFC 8058).

        None of them where there is nothing to unsubscribe from.
        """
        if not self._marketing:
            return {}
        return {
            "List-Unsubscribe": f"<{self['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
