"""Labels: new clicks beside those that are known already, so that files may be cut anywhere."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from regulars.customers.loading.known_ids import KnownIds
from regulars.customers.touching import touch
from regulars.store import tables

from .machines import AT_ONCE, SOON, Click, clicked_by_machine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from .events import Event

CLICKED, BY_MACHINE, DELIVERED = "message.clicked", "message.clicked.machine", "message.delivered"
_AROUND = max(SOON, AT_ONCE)


def label(connection: Connection, new: Sequence[Event]) -> list[str]:
    """The names of the ``new`` events, of which some clicks turn out to be a machine's.

    Clicks that were recorded as a reader's get their right name as well.
    """
    names = [_alone(event) for event in new]
    timed = [
        (number, event)
        for number, event in enumerate(new)
        if event.name in {CLICKED, DELIVERED} and event.target.delivery is not None
    ]
    if not timed:
        return names
    messages: defaultdict[int, _Message] = defaultdict(_Message)
    for number, event in timed:
        message = messages[event.target.delivery.id]
        message.arrived.add(event.target.delivery.settled_at)
        message.add(event.name, event.at, event.properties, new=number)
    kinds = (CLICKED, BY_MACHINE, DELIVERED)
    codes = KnownIds(connection, tables.event_names, "name").of(kinds)
    name_of = dict(zip(codes, kinds, strict=True))
    for row in _around(connection, [event for _, event in timed], codes):
        said = json.loads(row.properties or "{}")
        if said.get("delivery") in messages:
            messages[said["delivery"]].add(name_of[row.name], row.time, said, known=row.id)
    machines = [found for message in messages.values() for found in message.machines()]
    for place, _ in machines:
        if place is not None:
            names[place] = BY_MACHINE
    _rename(connection, [number for _, number in machines if number is not None], codes)
    return names


def _alone(event: Event) -> str:
    """The name of an event whose message nobody knows: as far as a click tells by itself."""
    if event.name == CLICKED and event.target.delivery is None:
        said = event.properties
        agent, delay = said.get("user_agent", ""), said.get("seconds_after_delivery")
        (machine,) = clicked_by_machine([Click(event.at, "", agent, delay)], [])
        return BY_MACHINE if machine else CLICKED
    return event.name


def _rename(connection: Connection, ids: Sequence[int], codes: Sequence[int]) -> None:
    """Give the clicks with these numbers the name of a machine's."""
    if ids:
        events, (clicked, by_machine, _) = tables.events, codes
        touch(connection, select(events.c.customer).where(events.c.id.in_(ids)))
        change = update(events).where(events.c.id.in_(ids), events.c.name == clicked)
        connection.execute(change.values(name=by_machine))


class _Message:
    """The clicks in one message, and when it arrived."""

    def __init__(self) -> None:
        self.arrived: set[int | None] = set()
        self._clicks: list[Click] = []
        self._numbers: list[tuple[int | None, int | None]] = []

    def add(
        self,
        name: str,
        at: int,
        said: Any,
        *,
        new: int | None = None,
        known: int | None = None,
    ) -> None:
        """One click, or the news that the message arrived."""
        if name == DELIVERED:
            self.arrived.add(at)
            return
        delay = said.get("seconds_after_delivery")
        self._clicks.append(Click(at, said.get("link", ""), said.get("user_agent", ""), delay))
        self._numbers.append((new, known))

    def machines(self) -> Iterable[tuple[int | None, int | None]]:
        """Which clicks a machine made: their numbers among the new and among the known ones."""
        arrived = [at for at in self.arrived if at is not None]
        found = clicked_by_machine(self._clicks, arrived)
        return [n for n, machine in zip(self._numbers, found, strict=True) if machine]


def _around(connection: Connection, timed: Sequence[Event], codes: Sequence[int]) -> Any:
    """The clicks and deliveries of the same customers at about the same time."""
    events = tables.events
    times = [event.at for event in timed]
    return connection.execute(
        select(events.c.id, events.c.name, events.c.time, events.c.properties).where(
            events.c.customer.in_({event.target.customer for event in timed}),
            events.c.name.in_(codes),
            events.c.time.between(min(times) - _AROUND, max(times) + _AROUND),
        )
    )
