"""Outcomes: what became of a message that was claimed, and what the ledger keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regulars.errors import PermanentError, TemporaryError, UnknownOutcome
from regulars.hooks.attribution import reason as reason_of
from regulars.stored import VALUE_LENGTH

if TYPE_CHECKING:
    from regulars.hooks import Receipt

State = Literal["planned", "sent", "failed", "unknown", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """The end of one claim.

    The reasons beside a state: failed has ``temporary`` (every attempt of this run failed; the
    next runs try again),
    ``permanent``, ``address`` (the address is dead) and ``plugin`` (one that prepares messages
    failed); unknown has ``no_answer``, ``plugin`` (the channel failed in a way of its own) and
    ``interrupted`` (the process ended); skipped has the reasons of a decision and ``refused``.

    ``again`` says that another attempt is allowed, ``attempted`` that the channel was called.
    """

    state: State
    reason: str | None = None
    detail: str | None = None
    provider_id: str | None = None
    again: bool = False
    attempted: bool = True


ACCEPTED = Outcome("sent")
RELEASED = Outcome("planned", again=True, attempted=False)  # claimed, and certainly not sent


def skipped(reason: str, detail: str | None = None) -> Outcome:
    """Decided without calling the channel."""
    return Outcome("skipped", reason, detail, attempted=False)


def accepted(receipt: Receipt) -> Outcome:
    """The provider accepted it."""
    said = str(receipt.id)
    return Outcome("sent", provider_id=said) if said else ACCEPTED


def failure(error: BaseException, blame: str) -> Outcome:
    """What an exception of a channel's ``send`` says of the message.

    One that is none of the three that a channel may raise leaves the outcome unknown: the plugin
    may have sent the message before it broke. ``blame`` names the plugin.
    """
    match error:
        case TemporaryError():
            return Outcome("failed", "temporary", str(error), again=True)
        case PermanentError(suppress=suppress):
            return Outcome("failed", "address" if suppress else "permanent", str(error))
        case UnknownOutcome():
            return Outcome("unknown", "no_answer", str(error))
    return Outcome("unknown", "plugin", f"{blame}: {reason_of(error)}")


def not_open(error: BaseException, blame: str) -> Outcome:
    """The channel could not even be opened, so certainly nothing was sent."""
    said = str(error) if isinstance(error, TemporaryError) else f"{blame}: {reason_of(error)}"
    return Outcome("failed", "temporary", said, again=True, attempted=False)


def storable(text: str | None) -> str | None:
    """``text`` as every database takes it: no NUL, no half characters, not endless."""
    if text is None:
        return None
    return text.replace("\0", "").encode(errors="replace").decode()[:VALUE_LENGTH]
