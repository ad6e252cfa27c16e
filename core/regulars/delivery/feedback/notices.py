"""Notices: what a message in the mailbox for returned mail says of one that was sent.

Delivery reports (RFC 3464) say what became of it, feedback reports (RFC 5965) that somebody
complained; anything else that answers a message of ours is a reply, unless a machine wrote it.
A notice is believed only for the Message-ID that it brings back, which nobody can guess.
"""

from __future__ import annotations

import re
from datetime import UTC
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from regulars.customers.loading.cells import EARLIEST, LATEST
from regulars.instants import micros

from .reports import Ignored, Refused, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .reports import Found

    Mail = Message[str, str]

_OURS = re.compile(r"<([0-9a-f]{32}@[^<>\s]+)>")
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
_ORIGINALS = {"message/rfc822", "message/rfc822-headers", "text/rfc822-headers"}
_ORIGINALS |= {"message/global", "message/global-headers"}
_SERVERS = ("mailer-daemon", "postmaster")
_LONGEST = 300  # characters of what a server said
_MOST_NESTED = 50  # parts in parts: reading takes the time of each line times their depth
_MOST_PARTS = 10_000  # lines that may begin a part
_COMPLAINTS = {"abuse", "fraud", "virus", "other"}  # the types that RFC 5965 begins with

# Permanent failures that say nothing against the address (RFC 3463): of the mail system, the
# content, policy; a full mailbox, a message too large; the sender's own address.
_NOT_THE_ADDRESS = re.compile(r"5\.([367]\.|2\.[23]\b|1\.[78]\b)")


def notices(octets: bytes) -> list[Found]:
    """What one message says; one that can't be read is refused, whatever is wrong with it."""
    if octets.lower().count(b"boundary") > _MOST_NESTED or octets.count(b"\n--") > _MOST_PARTS:
        return [Refused("has too many parts for a report or a reply")]
    try:
        return list(_notices(BytesParser(policy=policy.compat32).parsebytes(octets)))
    except Exception as error:  # noqa: BLE001 (anybody may write to that mailbox)
        return [Refused(f"can't be read: {type(error).__name__}")]


def _notices(mail: Mail) -> Iterator[Found]:
    parts = list(mail.walk())
    about = _original(parts)
    kinds = {part.get_content_type(): part for part in reversed(parts)}
    if "message/delivery-status" in kinds:
        yield from _delivery(kinds["message/delivery-status"], about, _date(mail))
    elif "message/feedback-report" in kinds:
        yield _complaint(kinds["message/feedback-report"], about, _date(mail))
    elif _is_from_server(mail):
        yield Refused("comes from a mail server and is no delivery report (RFC 3464)")
    elif _is_automatic(mail):
        yield Ignored()
    elif answered := _OURS.search(f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}"):
        yield Report("replied", _date(mail), delivery=answered[1], id=_id(mail))
    else:
        yield Refused(
            "is no delivery report (RFC 3464), no complaint (RFC 5965) and no reply to a message "
            "of ours"
        )


def _delivery(status: Mail, about: str | None, at: int | None) -> Iterator[Found]:
    """One report for each recipient that the delivery report speaks of."""
    blocks = status.get_payload()
    recipients = [block for block in blocks if isinstance(block, Message) and block["Action"]]
    if not recipients:
        yield Refused("is a delivery report that says of nobody what happened")
    for recipient in recipients:
        yield _outcome(recipient, about, at)


def _outcome(recipient: Mail, about: str | None, at: int | None) -> Found:
    action = _header(recipient, "Action").lower()
    if action in {"delayed", "expanded"}:
        return Ignored()
    if action not in {"failed", "delivered", "relayed"}:
        return Refused(f"is a delivery report of an unknown action, {action[:40]!a}")
    if about is None:
        return _nameless("a delivery report")
    if action != "failed":
        return Report("delivered", at, delivery=about)
    status = _STATUS.search(_header(recipient, "Status"))
    permanent = status is not None and status[1] == "5" and not _NOT_THE_ADDRESS.match(status[0])
    said = [status[0] if status else "", _header(recipient, "Diagnostic-Code")]
    detail = " ".join(filter(None, said))[:_LONGEST] or None
    return Report("bounced", at, delivery=about, permanent=permanent, detail=detail)


def _complaint(feedback: Mail, about: str | None, at: int | None) -> Found:
    inner = feedback.get_payload()
    fields = inner[0] if isinstance(inner, list) and inner else feedback
    kind = _header(fields, "Feedback-Type").lower() if isinstance(fields, Message) else ""
    if kind == "not-spam":
        return Ignored()
    if kind == "opt-out":
        return Report("unsubscribed", at, delivery=about) if about else _nameless("an opt-out")
    if kind not in _COMPLAINTS:
        return Refused(f"is a feedback report of an unknown type, {kind[:40]!a}")
    return Report("complained", at, delivery=about) if about else _nameless("a complaint")


def _nameless(what: str) -> Refused:
    return Refused(f"is {what} that doesn't bring back the Message-ID of a message of ours")


def _original(parts: list[Mail]) -> str | None:
    """The Message-ID of the message that comes back with a report."""
    for part in parts[1:]:
        if part.get_content_type() in _ORIGINALS:
            for headers in _inside(part):
                found = _OURS.search(_header(headers, "Message-ID"))
                if found:
                    return found[1]
    return None


def _inside(part: Mail) -> Iterator[Mail]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (inner for inner in payload if isinstance(inner, Message))
    else:
        octets = part.get_payload(decode=True)
        if isinstance(octets, bytes):
            yield BytesParser(policy=policy.compat32).parsebytes(octets, headersonly=True)


def _is_from_server(mail: Mail) -> bool:
    sender = _header(mail, "From").lower()
    return any(f"{name}@" in sender for name in _SERVERS)


def _is_automatic(mail: Mail) -> bool:
    """Whether a machine wrote it by itself (RFC 3834), such as an absence note."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"} or mail["X-Auto-Response-Suppress"] is not None:
        return True
    return _header(mail, "Precedence").lower() in {"bulk", "junk", "auto_reply", "list"}


def _date(mail: Mail) -> int | None:
    try:
        written = parsedate_to_datetime(_header(mail, "Date"))
        at = micros(written if written.tzinfo else written.replace(tzinfo=UTC))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if EARLIEST <= at < LATEST else None


def _id(mail: Mail) -> str | None:
    return _header(mail, "Message-ID")[:_LONGEST] or None


def _header(mail: Mail, name: str) -> str:
    """The header on one line, without what steers a terminal; empty where there is none."""
    words = " ".join(str(mail.get(name, "")).split())
    return "".join(c if c.isprintable() else "?" for c in words)
