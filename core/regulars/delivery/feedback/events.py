"""Events of feedback: what a report about a message becomes in the life of a customer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Self

from .machines import opened_by_machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .reports import Report
    from .resolving import Target


@dataclass(frozen=True)
class Event:
    """One event to record; ``name`` is ``message.clicked`` and the like."""

    key: bytes
    name: str
    at: int
    report: Report
    target: Target
    properties: Mapping[str, Any]

    @classmethod
    def of(cls, report: Report, target: Target, now: int) -> Self:
        """The event that ``report`` tells of; one that says no time happens ``now``."""
        row = target.delivery
        machine = report.kind == "opened" and opened_by_machine(report.user_agent)
        name = f"message.{report.kind}" + (".machine" if machine else "")
        at = now if report.at is None else report.at
        about = (target.token.delivery, target.token.topic) if target.token else ()
        who = (target.customer, row.id if row else None, *about)
        return cls(_event_key(report, who), name, at, report, target, _properties(report, target))


def _event_key(report: Report, who: Sequence[object]) -> bytes:
    """What makes a report itself: the provider's id for it, else all that it says."""
    what: list[object] = [report.id]
    if report.id is None:
        what = [report.at, report.url, report.user_agent, report.ip, report.detail, report.delay]
        what.append(report.permanent)
    content = json.dumps([report.kind, *who, *what])
    return blake2b(content.encode(), digest_size=16, person=b"feedback").digest()


def _properties(report: Report, target: Target) -> dict[str, Any]:
    row, token = target.delivery, target.token
    said: dict[str, Any] = {}
    if row is not None:
        said = {"message": row.message, "journey": row.journey, "step": row.step}
        said |= {"channel": row.channel, "delivery": row.id}
    elif token is not None:
        said = {"topic": token.topic, "channel": token.channel}
    link = token.url if token is not None and token.url else report.url
    said |= {"link": link, "user_agent": report.user_agent, "ip": report.ip}
    said |= {"seconds_after_delivery": report.delay, "detail": report.detail}
    if report.kind == "bounced":
        said["permanent"] = report.permanent
    return {name: value for name, value in said.items() if value is not None and value != ""}
