"""What a mail server's refusal means for a message."""

from __future__ import annotations

import re
from typing import Literal

from regulars.errors import PermanentError, RegularsError, TemporaryError

Stage = Literal["MAIL", "RCPT", "DATA"]

SHUTTING_DOWN = 421
_PERMANENT = 500
_OURS = frozenset((530, 534, 535, 538))  # log in first, or otherwise: the settings, no message
_MAILBOX = frozenset((550, 551, 553))
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")


def refusal(stage: Stage, code: int, answer: bytes) -> RegularsError:
    """The error for a negative ``answer``: a 4xx may work later, a 5xx never will.

    A 5xx that speaks of the recipient's address suppresses it; one that speaks of policy (5.7),
    of the sender, or of the settings does not.
    """
    said = f"the mail server answered {code} {plain(answer)}".rstrip()
    if code in _OURS:
        return TemporaryError(f"{said}; set user and password of the channel")
    if code < _PERMANENT:
        return TemporaryError(said)
    return PermanentError(said, suppress=_is_about_address(stage, code, plain(answer)))


def _is_about_address(stage: Stage, code: int, answer: str) -> bool:
    enhanced = _ENHANCED.match(answer)
    subject, detail = enhanced.group(2, 3) if enhanced else ("", "")
    if stage == "MAIL" or (subject == "1" and detail in {"7", "8"}):
        return False  # the sender's address
    if subject == "1":
        return True
    return stage == "RCPT" and code in _MAILBOX and subject != "7"


def plain(answer: bytes) -> str:
    """A server's words in one line, at most 300 characters, nothing that steers a terminal."""
    words = " ".join(answer.decode("utf-8", errors="replace").split())
    if not words.isprintable():
        words = "".join(c if c.isprintable() else "?" for c in words)
    return words[:300]
