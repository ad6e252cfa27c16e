"""Recording: reports become events of the customer, and what follows from them is done.

A dead address and a complaint are suppressed, who unsubscribes or complains has said no, and a
message of which nobody knew whether it went has gone or failed. Each batch is one short
transaction, so feedback is recorded while a run goes on, and its last look before sending sees it.
The same report again changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from regulars.customers.consents import answer
from regulars.customers.loading.known_ids import KnownIds
from regulars.customers.suppressions import suppress
from regulars.instants import micros
from regulars.store import Tables, insert_rows, tables, write_events_in_turn
from regulars.store.facts import get_columns
from regulars.store.schema import (
    amount_column,
    amount_of,
    properties_kept,
    text_column,
    text_of,
)

from .labels import label
from .machines import opened_by_machine
from .reports import Refused
from .resolving import Target, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook
    from regulars.store import Store

    from .reports import Report

AHEAD = timedelta(days=1)  # a report from further in the future has a wrong clock
ARRIVED = {"delivered", "opened", "clicked", "replied", "complained", "unsubscribed"}
OURS = 0  # the source of events that no source of the playbook brought

_ledger = tables.deliveries


@dataclass(frozen=True)
class Event:
    """One event to record; ``name`` is ``message.clicked`` and the like."""

    key: bytes
    name: str
    at: int
    report: Report
    target: Target
    properties: Mapping[str, Any]


@dataclass
class Recorded:
    """What came of the reports so far.

    ``events`` are new ones by name, ``repeated`` were known already. ``settled`` are messages
    whose outcome was unknown, by what became of them. ``suppressed`` addresses and ``refusals``
    (a no of a customer) are counted by what was new.
    """

    events: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    settled: Counter[str] = field(default_factory=Counter)
    suppressed: int = 0
    refusals: int = 0


@dataclass(frozen=True)
class Recording:
    """Records reports for a playbook at an instant; ``key`` is the playbook's own."""

    store: Store
    playbook: Playbook
    now: datetime
    key: bytes
    recorded: Recorded = field(default_factory=Recorded)

    def record(self, reports: Sequence[Report]) -> list[Refused | None]:
        """Record one batch in one transaction; why each report was refused, or None."""
        with self.store.transaction() as connection:
            write_events_in_turn(connection)
            targets = [self._timely(*pair) for pair in self._resolved(connection, reports)]
            events: dict[bytes, Event] = {}
            for report, target in zip(reports, targets, strict=True):
                if isinstance(target, Target):
                    event = self._event(report, target)
                    events.setdefault(event.key, event)
            self._settle(connection, events.values())
            known = _known(connection, events)
            new = [event for key, event in events.items() if key not in known]
            self._take_to_heart(connection, new)
            names = _insert(connection, new)
        self.recorded.events.update(names)
        taken = sum(isinstance(target, Target) for target in targets)
        self.recorded.repeated += taken - len(new)
        return [None if isinstance(target, Target) else target for target in targets]

    def _resolved(
        self, connection: Connection, reports: Sequence[Report]
    ) -> Iterable[tuple[Report, Target | Refused]]:
        return zip(reports, resolve(connection, reports, self.key), strict=True)

    def _timely(self, report: Report, target: Target | Refused) -> Target | Refused:
        if report.at is not None and report.at > micros(self.now + AHEAD):
            return Refused("lies in the future; is the clock of its sender right?")
        return target

    def _event(self, report: Report, target: Target) -> Event:
        row = target.delivery
        machine = report.kind == "opened" and opened_by_machine(report.user_agent)
        name = f"message.{report.kind}" + (".machine" if machine else "")
        at = micros(self.now) if report.at is None else report.at
        about = (target.token.delivery, target.token.topic) if target.token else ()
        who = (target.customer, row.id if row else None, *about)
        return Event(_event_key(report, who), name, at, report, target, _properties(report, target))

    # ------------------------------------------------------------ what follows

    def _settle(self, connection: Connection, events: Iterable[Event]) -> None:
        """A message that the provider speaks of is unknown no more."""
        ended: dict[tuple[str, str | None, str | None], set[int]] = {}
        for event in events:
            row = event.target.delivery
            if row is not None:
                ended.setdefault(_outcome(event.report), set()).add(row.id)
        for (state, reason, detail), ids in sorted(ended.items(), key=_arrived_first):
            done = connection.execute(
                update(_ledger)
                .where(_ledger.c.id.in_(ids), _ledger.c.state == "unknown")
                .values(state=state, reason=reason, detail=detail)
            )
            self.recorded.settled[state] += done.rowcount

    def _take_to_heart(self, connection: Connection, events: Sequence[Event]) -> None:
        """Suppress addresses and write down who said no."""
        reasons: dict[str, str] = {}
        for event in events:
            row, reason = event.target.delivery, _reason(event.report)
            if reason and row is not None and row.address:
                stronger = reasons.get(row.address) == "bounce"
                reasons[row.address] = "bounce" if stronger else reason
        self.recorded.suppressed += suppress(connection, reasons, micros(self.now))
        refusals = list(self._refusals(events))
        self.recorded.refusals += len(refusals)
        answer(connection, refusals)

    def _refusals(self, events: Iterable[Event]) -> Iterator[tuple[int, str, str, bool, int]]:
        for event in events:
            if event.report.kind in {"unsubscribed", "complained"}:
                topic, channel = self._about(event.target)
                yield event.target.customer, topic, channel, False, event.at

    def _about(self, target: Target) -> tuple[str, str]:
        """The topic and channel that a no is about; what is transactional can't be refused."""
        if target.token is not None:
            return target.token.topic, target.token.channel
        messages, row = self.playbook.messages, target.delivery
        asked = row.message in messages and not self.playbook.is_transactional(row.message)
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


def _known(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    events = tables.events
    found = connection.scalars(select(events.c.key).where(events.c.key.in_(list(keys))))
    return {bytes(key) for key in found}


def _insert(connection: Connection, new: Sequence[Event]) -> list[str]:
    """Write the events, clicks under the name that they deserve; returns their names."""
    if not new:
        return []
    names = label(connection, new)
    different = sorted(set(names))
    codes = KnownIds(connection, tables.event_names, "name").of(different)
    numbers = dict(zip(different, codes, strict=True))
    events = Tables.of(get_columns(connection)).events  # those that a run may just have added
    texts, amounts = properties_kept(events)
    columns = ("customer", "time", "name", "source", "key", "properties")
    used = (*map(text_column, texts), *map(amount_column, amounts))
    rows = (
        (
            event.target.customer, event.at, numbers[name], OURS, event.key,
            json.dumps(event.properties, ensure_ascii=False),
            *(text_of(event.properties.get(property_)) for property_ in texts),
            *(amount_of(event.properties.get(property_)) for property_ in amounts),
        )
        for event, name in zip(new, names, strict=True)
    )  # fmt: skip
    insert_rows(connection, events, (*columns, *used), rows, skip_existing=True)
    return names
