"""E-mail headers: what may stand in one, and how it is written (RFC 5322, RFC 2047)."""

from __future__ import annotations

import re
from binascii import b2a_base64

from regulars.errors import PermanentError

from .addresses import split_mailbox

LINE = 76  # columns that an encoded line may have
_LONGEST = 998  # octets that any line may have
_WORD = 75  # characters of one encoded word
_FRAME = len("=?utf-8?b??=")

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")

# What the message writes itself, and what would send it to somebody else.
RESERVED = {"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id"}
RESERVED |= {"mime-version", "return-path", "received", "content-type"}
RESERVED |= {"content-transfer-encoding", "content-disposition"}


def refuse_controls(name: str, value: str) -> None:
    """Let nothing into a header that could end its line.

    Raises:
        PermanentError: ``value`` holds a control character, a line break or half a character.
    """
    found = _FORBIDDEN.search(value)
    if found:
        code = f"U+{ord(found[0]):04X}"
        raise PermanentError(f"{name} holds {code}, which no header may hold; remove it")


def text_header(name: str, value: str) -> str:
    """One header of free text, as ``Subject``, folded, with its line end.

    Plain ASCII stays readable; anything else, or what looks encoded, is encoded whole, so that
    a reader decodes exactly ``value``.
    """
    refuse_controls(name, value)
    if not value:
        return f"{name}:\r\n"
    if "=?" not in value and _PLAIN.fullmatch(value):
        if len(name) + 2 + len(value) <= LINE:
            return f"{name}: {value}\r\n"
        folded = _fold(name, value)
        if folded is not None:
            return folded
    return f"{name}: {_encoded(value, len(name) + 2)}\r\n"


def exact_header(name: str, value: str) -> str:
    """One header on one line, never folded or encoded: its value may hold URLs.

    Raises:
        PermanentError: the name is none or written by the message itself, or the value can't
            stand as it is.
    """
    if not _NAME.fullmatch(name) or name.lower() in RESERVED:
        raise PermanentError(f"{name!a} can't be an extra header; choose another name")
    refuse_controls(name, value)
    if not value.isascii() or "=?" in value:
        raise PermanentError(f"{name} must be ASCII without '=?'; percent-encode its URL")
    if len(name) + 2 + len(value) > _LONGEST:
        raise PermanentError(f"{name} is longer than a mail line may be; shorten its URL")
    return f"{name}: {value.strip()}\r\n"


def mailbox_header(name: str, value: str) -> str:
    """One header with one mailbox, as ``From: Corner Bakery <hello@corner.example>``."""
    refuse_controls(name, value)
    shown, address = split_mailbox(value)
    start = len(name) + 2
    if not shown:
        return f"{name}: {address}\r\n"
    if not shown.isascii() or "=?" in shown or len(shown) > LINE - start:
        shown = _encoded(shown, start)
    elif not _ATOMS.fullmatch(shown):
        shown = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    last = len(shown) - shown.rfind("\n") - 1
    gap = " " if start + last + len(address) + 3 <= LINE else "\r\n "
    return f"{name}: {shown}{gap}<{address}>\r\n"


def _fold(name: str, value: str) -> str | None:
    """``value`` broken at its single spaces; None if a word is longer than a line."""
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(word) >= LINE:
            return None
        if len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line, ""])


def _encoded(value: str, start: int) -> str:
    """``value`` as base64 encoded words, the first beginning in column ``start``."""
    words, chunk, size = [], bytearray(), _room(start)
    for char in value:
        octets = char.encode()
        if len(chunk) + len(octets) > size:
            words.append(_word(chunk))
            chunk, size = bytearray(), _room(1)
        chunk += octets
    words.append(_word(chunk))
    return "\r\n ".join(words)


def _room(start: int) -> int:
    """How many octets of text an encoded word that begins in column ``start`` can carry."""
    return max((min(_WORD, LINE - start) - _FRAME) // 4 * 3, 6)


def _word(octets: bytes | bytearray) -> str:
    return f"=?utf-8?b?{b2a_base64(octets, newline=False).decode('ascii')}?="
