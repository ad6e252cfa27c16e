"""The MIME writer: one rendered message as the bytes that a mail server takes.

The standard library's own writer lets encoded words in a subject become real headers, folds
the URLs of ``List-Unsubscribe`` and is a hundred times slower; so regulars writes its own.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from email.utils import format_datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from regulars.errors import PermanentError

from .addresses import address, split_mailbox
from .headers import exact_header, mailbox_header, text_header

if TYPE_CHECKING:
    from datetime import datetime

    from regulars.hooks.kinds import Outgoing

# "=_" occurs in neither quoted-printable nor base64, so no body can hold the boundary.
_BOUNDARY = "=_regulars_part"
_ALTERNATIVE = (
    f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n--{_BOUNDARY}\r\n'
).encode()
_KEY = re.compile("[0-9a-f]{32}")
_BETWEEN = f"\r\n--{_BOUNDARY}\r\n".encode()
_END = f"\r\n--{_BOUNDARY}--\r\n".encode()
_SHORT = 8_000  # characters of a piece that is worth keeping


def mime(message: Outgoing, *, sender: str, reply_to: str | None = None) -> bytes:
    """``message`` as an RFC 5322 message: ASCII lines of at most 998 octets ending in CRLF.

    ``sender`` and ``reply_to`` are mailboxes (``Corner Bakery <hello@corner.example>``). Text and
    HTML become alternatives of one another; with one of the two it stands alone. The same
    message always gives the same bytes: Date is ``message.at``, Message-ID comes from its key.

    Raises:
        PermanentError: an address is none, a header holds what no header may hold, or the
            message is data and no e-mail.
    """
    if message.medium == "data":
        raise PermanentError("data can't be sent as an e-mail; use a channel that takes fields")
    head, domain = _sender_headers(sender, reply_to)
    lines = [
        head,
        f"To: {address(message.address)}\r\n",
        text_header("Subject", message.subject),
        f"Date: {_date(message.at)}\r\n",
        f"Message-ID: {message_id(message.key, domain)}\r\n",
        *[exact_header(name, value) for name, value in message.headers.items()],
        "MIME-Version: 1.0\r\n",
    ]
    return "".join(lines).encode("ascii") + _content(message)


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the delivery ``key``: equal keys give equal ids and say nothing else.

    A key of 32 hexadecimal digits, as all of a ledger are, stands in it as it is.
    """
    if _KEY.fullmatch(key) is None:
        key = blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()
    return f"<{key}@{domain}>"


@lru_cache(maxsize=256)
def _sender_headers(sender: str, reply_to: str | None) -> tuple[str, str]:
    """The From and Reply-To headers, and the sender's domain."""
    head = mailbox_header("From", sender)
    if reply_to is not None:
        head += mailbox_header("Reply-To", reply_to)
    return head, split_mailbox(sender)[1].rpartition("@")[2]


@lru_cache(maxsize=256)
def _date(at: datetime) -> str:
    return format_datetime(at)


def _content(message: Outgoing) -> bytes:
    if not message.html:
        return _part("plain", message.text)
    if not message.text:
        return _part("html", message.html)
    text, html = _part("plain", message.text), _part("html", message.html)
    return b"".join((_ALTERNATIVE, text, _BETWEEN, html, _END))


def _part(subtype: str, text: str) -> bytes:
    """One body with its headers; quoted-printable, or base64 where that is shorter."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    octets = text.encode(errors="replace")
    if len(octets) - len(text) > len(text) // 5:
        encoding = "base64"
        body = encodebytes(octets.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
    else:
        encoding, body = "quoted-printable", quoted(text)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}"
    return head.encode("ascii") + b"\r\n\r\n" + body


def quoted(text: str) -> bytes:
    """``text`` with lines ending in LF as quoted-printable with lines ending in CRLF.

    Most of a page is its layout, the same in every message; so what stands between two lines that
    begin with a tag is encoded once.
    """
    first, *others = text.split("\n<")
    tags = [_once(rest) if len(rest) < _SHORT else _quoted(f"<{rest}") for rest in others]
    return b"\r\n".join([_quoted(first), *tags])


@lru_cache(maxsize=1024)
def _once(rest: str) -> bytes:
    return _quoted(f"<{rest}")


def _quoted(text: str) -> bytes:
    return b2a_qp(text.encode(errors="replace")).replace(b"\n", b"\r\n")
