"""Consequences: what follows from reports besides the events that tell of them.

A dead address and a complaint are suppressed, who unsubscribes or complains has said no, and a
message of which nobody knew whether it went has gone or failed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import update

from regulars.customers.consents import answer
from regulars.customers.suppressions import suppress
from regulars.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook

    from .events import Event
    from .reports import Report
    from .resolving import Target

ARRIVED = {"delivered", "opened", "clicked", "replied", "complained", "unsubscribed"}

_ledger = tables.deliveries


def settle(connection: Connection, events: Iterable[Event]) -> Counter[str]:
    """End the unknown messages that a provider speaks of; how many are in which state now."""
    ended: dict[tuple[str, str | None, str | None], set[int]] = {}
    for event in events:
        row = event.target.delivery
        if row is not None:
            ended.setdefault(_outcome(event.report), set()).add(row.id)
    settled = Counter[str]()
    for (state, reason, detail), ids in sorted(ended.items(), key=_arrived_first):
        done = connection.execute(
            update(_ledger)
            .where(_ledger.c.id.in_(ids), _ledger.c.state == "unknown")
            .values(state=state, reason=reason, detail=detail)
        )
        settled[state] += done.rowcount
    return settled


def suppress_addresses(connection: Connection, events: Iterable[Event], at: int) -> int:
    """Stop writing to addresses that are dead or complained; how many are new among them."""
    reasons: dict[str, str] = {}
    for event in events:
        row, reason = event.target.delivery, _reason(event.report)
        if reason and row is not None and row.address:
            stronger = reasons.get(row.address) == "bounce"
            reasons[row.address] = "bounce" if stronger else reason
    return suppress(connection, reasons, at)


def take_refusals(connection: Connection, events: Iterable[Event], playbook: Playbook) -> int:
    """Write down who said no; how many did."""
    refusals = list(_refusals(events, playbook))
    answer(connection, refusals)
    return len(refusals)


def _refusals(
    events: Iterable[Event], playbook: Playbook
) -> Iterator[tuple[int, str, str, bool, int]]:
    for event in events:
        if event.report.kind in {"unsubscribed", "complained"}:
            topic, channel = _about(event.target, playbook)
            yield event.target.customer, topic, channel, False, event.at


def _about(target: Target, playbook: Playbook) -> tuple[str, str]:
    """The topic and channel that a no is about; what is transactional can't be refused."""
    if target.token is not None:
        return target.token.topic, target.token.channel
    messages, row = playbook.messages, target.delivery
    asked = row.message in messages and not playbook.is_transactional(row.message)
    return (messages[row.message].topic or "" if asked else ""), row.channel or ""


def _outcome(report: Report) -> tuple[str, str | None, str | None]:
    """State, reason and detail of an unknown message of which there is ``report``."""
    if report.kind in ARRIVED:
        return "sent", None, "its provider spoke of it later"
    said = "its provider said later that it came back"
    return "failed", "address" if report.permanent else "permanent", said


def _arrived_first(outcome: tuple[tuple[str, str | None, str | None], object]) -> tuple[bool, str]:
    """What arrived did go out, even if it came back later."""
    (state, reason, _), _ = outcome
    return state != "sent", reason or ""


def _reason(report: Report) -> str | None:
    """Why the address must not be written to any more."""
    if report.kind == "bounced":
        return "bounce" if report.permanent else None
    return "complaint" if report.kind == "complained" else None
