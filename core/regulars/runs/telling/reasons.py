"""Why a message ended as it did, for one customer: what the reason's word stands for here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, literal, or_, select, true

from regulars.customers.suppressions import folded, reasons_against
from regulars.instants import instant, micros
from regulars.playbook.conditions import Consented
from regulars.policy import routes
from regulars.policy.counting import counted_before, counts
from regulars.policy.duplicates import RECENTLY
from regulars.policy.windows import Windows
from regulars.runs.sentences import sentence
from regulars.segments.evidence import evidence
from regulars.segments.words import span_in_words
from regulars.store import tables
from regulars.values import Duration

from .known import addresses
from .person import length, minute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from regulars.playbook.policy import Cap

    from .person import Person

_ledger = tables.deliveries


def in_words(person: Person, row: Mapping[str, Any]) -> str:
    """Why the message of ``row``, from the ledger, is where it is; empty if that needs no words."""
    teller = _TELLERS.get(row["reason"])
    told = "" if teller is None or row["state"] not in ("held", "skipped") else teller(person, row)
    return told or sentence(row["state"], row["reason"])


def _late(person: Person, row: Mapping[str, Any]) -> str:
    message = person.scope.playbook.messages.get(row["message"])
    limit = None if message is None else message.max_lateness
    over = _decided_at(person, row) - row["due_at"]
    allowed = "" if limit is None else f"; max_lateness is {span_in_words(limit)}"
    return f"it was due {minute(row['due_at'])}, {length(over)} before this run{allowed}"


def _exited(person: Person, row: Mapping[str, Any]) -> str:
    entries = tables.entries
    query = select(entries.c.reason, entries.c.ended_at).where(
        entries.c.id == row["entry"], entries.c.state == "exited"
    )
    left = person.rows(query)
    if not left:
        return "its step is gone from the playbook"
    return f"they left the journey on {minute(left[0]['ended_at'])} ({left[0]['reason']})"


def _consent(person: Person, row: Mapping[str, Any]) -> str:
    playbook = person.scope.playbook
    message = playbook.messages.get(row["message"])
    if message is None or message.topic is None:
        return "they said no to everything"
    said = []
    for channel in _channels(person, row):
        asked = evidence(Consented(consented=message.topic, channel=channel), person.scope)
        people = person.scope.tables.customers
        query = select(*(column.label(f"c{i}") for i, column in enumerate(asked.columns)))
        cells = person.connection.execute(query.where(people.c.id == person.number)).one()
        said.append(f"{message.topic} by {channel}: {asked.tell(*cells)}")
    return "; ".join(said)


def _suppressed(person: Person, row: Mapping[str, Any]) -> str:
    theirs = dict(addresses(person))
    mine = {theirs[c] or "" for c in _channels(person, row) if theirs.get(c)}
    reasons = reasons_against(person.connection, mine)
    return "; ".join(f"{address} is suppressed: {reason}" for address, reason in reasons.items())


def _unreachable(person: Person, row: Mapping[str, Any]) -> str:
    if row["detail"]:
        return str(row["detail"])
    channels = _channels(person, row)
    return f"they have no address on {' or '.join(channels)}" if channels else ""


def _channels(person: Person, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The channels that the step may take."""
    place = (row["journey"], row["step"])
    steps = routes(person.scope.playbook)
    return next((step.channels for step in steps if (step.journey, step.step) == place), ())


def _duplicate(person: Person, row: Mapping[str, Any]) -> str:
    if row["address"] is None:
        return ""
    lately = micros(_decided_at(person, row) - RECENTLY)
    taken = and_(_ledger.c.fence > 0, _ledger.c.settled_at > lately)
    query = select(_ledger.c.customer, _ledger.c.address, _ledger.c.state).where(
        _ledger.c.journey == row["journey"],
        _ledger.c.step == row["step"],
        _ledger.c.id != row["id"],
        or_(taken, _ledger.c.state.in_(("planned", "claimed"))),
    )
    sent_first = case((_ledger.c.state == "sent", 0), else_=1)
    same = folded(row["address"])
    for other in person.connection.execute(query.order_by(sent_first, _ledger.c.id)):
        if other.address is not None and folded(other.address) == same:
            told = "got it" if other.state == "sent" else "was to get it"
            return f"{row['address']} {told} as {person.key_of(other.customer)}"
    return ""


def _approval(person: Person, row: Mapping[str, Any]) -> str:
    approvals = tables.approvals
    query = (
        select(approvals.c.state, approvals.c.answered_by, approvals.c.note)
        .where(approvals.c.message == row["message"], approvals.c.state == "rejected")
        .order_by(approvals.c.id.desc())
        .limit(1)
    )
    said = person.rows(query)
    if row["state"] == "held" or not said:
        return ""
    note = f": {said[0]['note']}" if said[0]["note"] else ""
    return f"{said[0]['answered_by'] or 'a person'} said no to it{note}"


def _quiet_hours(person: Person, row: Mapping[str, Any]) -> str:
    if row["hold_until"] is None:
        return ""
    return f"held until {person.on_their_clock(row['hold_until'])}"


def _cap(person: Person, row: Mapping[str, Any]) -> str:
    """Which caps are full, and by what."""
    told = list(_full(person, row))
    if row["hold_until"] is not None:
        told.append(f"held until {person.on_their_clock(row['hold_until'])}")
    return "; ".join(told)


def _full(person: Person, row: Mapping[str, Any]) -> Iterator[str]:
    playbook, at = person.scope.playbook, _decided_at(person, row)
    this = _ledger.c.id == row["id"]
    for cap in playbook.policy.caps:
        counts_it = person.connection.scalar(select(counts(cap, playbook, _ledger)).where(this))
        these = _counted(person, cap, at, row["id"])
        if counts_it and len(these) >= cap.at_most:
            shown = ", ".join(f"{m['message']} ({minute(m['settled_at'])})" for m in these)
            where = "".join(f" on {c}" for c in (cap.channel,) if c)
            where += "".join(f" of {t}" for t in (cap.topic,) if t)
            per = span_in_words(cap.per) if isinstance(cap.per, Duration) else f"a {cap.per}"
            yield f"at most {cap.at_most} in {per}{where}, and these count: {shown}"


def _counted(person: Person, cap: Cap, at: datetime, but: int) -> list[dict[str, Any]]:
    """What ``cap`` counted of the customer at the instant ``at``."""
    zone, scope = person.zone, replace(person.scope, now=at)
    begins = Windows(cap, scope, {zone.key: zone}).begins(literal(zone.key))
    query = (
        select(_ledger.c.message, _ledger.c.settled_at)
        .where(_ledger.c.customer == person.number, _ledger.c.id != but)
        .where(_ledger.c.settled_at <= micros(at))
        .where(counted_before(cap, scope.playbook, _ledger, begins, true()))
        .order_by(_ledger.c.settled_at, _ledger.c.id)
    )
    return person.rows(query)


def _holdout(person: Person, _row: Mapping[str, Any]) -> str:
    share = person.scope.playbook.policy.holdout
    return f"they are in the holdout of {share}: never written to, always measured" if share else ""


def _detail(_person: Person, row: Mapping[str, Any]) -> str:
    return str(row["detail"] or "")


def _decided_at(person: Person, row: Mapping[str, Any]) -> datetime:
    runs = tables.runs
    at = person.connection.scalar(select(runs.c.at).where(runs.c.id == row["decided_by"]))
    return person.scope.now if at is None else instant(at)


_TELLERS: Mapping[str, Callable[[Person, Mapping[str, Any]], str]] = {
    "late": _late,
    "exited": _exited,
    "consent": _consent,
    "suppressed": _suppressed,
    "unreachable": _unreachable,
    "duplicate": _duplicate,
    "approval": _approval,
    "quiet_hours": _quiet_hours,
    "cap": _cap,
    "holdout": _holdout,
    "render_error": _detail,
    "refused": _detail,
}
