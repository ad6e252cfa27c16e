"""Reports: what a provider, a mail server or a reader says of one message, before it is looked up.

file → jsonl or mailbox → reports → resolving → recording → events, consents, suppressions
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["delivered", "opened", "clicked", "bounced", "complained", "unsubscribed", "replied"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_KEY = re.compile("<?([0-9a-f]{32})(?:@[^<>]*)?>?")


@dataclass(frozen=True)
class Report:
    """One thing that happened to a message; ``at`` in microseconds, None where it isn't said.

    The message is the one of ``delivery`` (its key or Message-ID), of ``provider_id``, of ``token``
    (of a link in it), or the latest that went to ``address`` (on ``channel``): the first of these
    that is given counts. ``permanent`` says of a bounce that the address is dead. ``delay`` is
    in seconds since the message arrived. ``id`` is the provider's own name for the report.
    """

    kind: Kind
    at: int | None = None
    delivery: str | None = None
    provider_id: str | None = None
    token: str | None = None
    address: str | None = None
    channel: str | None = None
    permanent: bool = False
    delay: float | None = None
    url: str | None = None
    user_agent: str | None = None
    ip: str | None = None
    detail: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Refused:
    """What can't be used, and why."""

    reason: str


@dataclass(frozen=True)
class Ignored:
    """What is in order and says nothing that counts, such as an automatic answer."""


Found = Report | Refused | Ignored


def key_in(text: str | None) -> bytes | None:
    """The delivery key in ``text``: itself, or the local part of a Message-ID."""
    match = _KEY.fullmatch(text.strip()) if text else None
    return bytes.fromhex(match[1]) if match else None
