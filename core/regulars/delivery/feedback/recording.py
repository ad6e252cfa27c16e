"""Recording: reports become events of the customer, and what follows from them is done.

Each batch is one short transaction, so feedback is recorded while a run goes on, and its last look
before sending sees it. The same report again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from regulars.customers.loading.known_ids import KnownIds
from regulars.customers.own_events import OwnEvents
from regulars.instants import micros
from regulars.store import Tables, tables, write_events_in_turn
from regulars.store.facts import get_columns

from .consequences import settle, suppress_addresses, take_refusals
from .events import Event
from .labels import label
from .reports import Refused
from .resolving import Target, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook
    from regulars.store import Store

    from .reports import Report

AHEAD = timedelta(days=1)  # a report from further in the future has a wrong clock


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
            pairs = zip(reports, resolve(connection, reports, self.key), strict=True)
            targets = [self._timely(*pair) for pair in pairs]
            events: dict[bytes, Event] = {}
            for report, target in zip(reports, targets, strict=True):
                if isinstance(target, Target):
                    event = Event.of(report, target, micros(self.now))
                    events.setdefault(event.key, event)
            known = _known(connection, events)
            new = [event for key, event in events.items() if key not in known]
            self._follow_up(connection, events.values(), new)
            names = _insert(connection, new)
        self.recorded.events.update(names)
        taken = sum(isinstance(target, Target) for target in targets)
        self.recorded.repeated += taken - len(new)
        return [None if isinstance(target, Target) else target for target in targets]

    def _follow_up(
        self, connection: Connection, events: Iterable[Event], new: Sequence[Event]
    ) -> None:
        recorded = self.recorded
        recorded.settled.update(settle(connection, events))
        recorded.suppressed += suppress_addresses(connection, new, micros(self.now))
        recorded.refusals += take_refusals(connection, new, self.playbook)

    def _timely(self, report: Report, target: Target | Refused) -> Target | Refused:
        if report.at is not None and report.at > micros(self.now + AHEAD):
            return Refused("lies in the future; is the clock of its sender right?")
        return target


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
    own = OwnEvents(Tables.of(get_columns(connection)).events)  # as a run may just have made them
    rows = (
        (event.target.customer, event.at, numbers[name], event.key, own.said(event.properties))
        for event, name in zip(new, names, strict=True)
    )
    own.insert(connection, rows)
    return names
