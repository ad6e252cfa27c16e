"""Refreshing: every trait of every customer as of an instant, computed where it may have changed.

    new events, marks, new customers ↘
    windows that moved past an event → stale customers, by kind of event → their traits of it

A trait of a customer changes when an event of theirs comes, comes into view, goes or leaves its
window; no others are computed. All of it is one transaction with what it was computed by, so that
a run that is killed leaves both as they were.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, delete, func, literal, select, update

from regulars.hooks.kinds import Moment
from regulars.instants import micros
from regulars.store import insert_from, tables

from .computed import Computed, recall, remember
from .event_sql import Events
from .groups import CHANGED
from .passes import Oldest
from .stale import CAME, MOVED, Stale, find_stale
from .touching import last_seen, remember_seen
from .trait_sql import traits_of_all, traits_of_some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Update

    from regulars.store import Store

    from .groups import TraitGroup
    from .trait_columns import TraitColumn
    from .traits import TraitPlan

MOST_STALE = 0.5  # of all; from there on computing everything at once takes less


def refresh_traits(store: Store, plan: TraitPlan, now: datetime) -> None:
    """Bring every trait of every customer to ``now``.

    It reads the covering index of events, which loading leaves ready: without it a large store
    would take hours.
    """
    with store.transaction() as connection:
        events = Events.of(connection, store.tables, Moment(now, plan.zone))
        before = recall(connection)
        number = 1 if before is None else before.number + 1
        refresh = _Refresh(connection, plan, events, Computed.of(plan, events.moment, number))
        refresh.since(before)


class _Refresh:
    """One refresh of the traits in a store."""

    def __init__(
        self, connection: Connection, plan: TraitPlan, events: Events, computes: Computed
    ) -> None:
        self._connection, self._plan, self._events = connection, plan, events
        self._computes = computes
        self._traits = events.tables.traits
        newest = connection.scalar(select(func.max(events.tables.events.c.id)))
        self._newest = int(newest or 0)

    def since(self, before: Computed | None) -> None:
        """Compute what is stale since ``before``."""
        computes = self._computes
        if before is None or computes.outdates(before):
            self._everything()
            return
        with find_stale(self._connection, self._plan, self._events, before, computes) as stale:
            if stale.share > MOST_STALE:
                self._everything()
                return
            if anything := stale.anything:
                self._some(stale)
        self._look_ahead(last_seen(self._connection))
        self._remember(computes.number if anything else before.number)

    def _everything(self) -> None:
        events, connection = self._events, self._connection
        connection.execute(delete(tables.touched))
        self._look_ahead(0)
        connection.execute(self._traits.delete())
        _, oldest = self._values(self._plan.groups)
        fresh = traits_of_all(self._plan.columns, events, oldest)
        names = ["customer", *(column.name for column in self._plan.columns)]
        names += [each.name for each in oldest]
        numbered = fresh.add_columns(literal(self._computes.number, BigInteger))
        insert_from(connection, self._traits, [*names, CHANGED], numbered)
        self._remember(self._computes.number)

    def _some(self, stale: Stale) -> None:
        if not self._plan.groups:
            changed = update(self._traits).values({CHANGED: self._computes.number})
            self._connection.execute(changed.where(self._traits.c.customer.in_(stale.customers())))
        if stale.groups:
            self._compute(stale.groups)
        updates = [
            self._of_some(groups, event, stale.by(event, what))
            for groups, event, what in self._parts(stale)
        ]
        for piece in stale.pieces:
            for each in updates:
                self._connection.execute(each, piece)

    def _parts(self, stale: Stale) -> Iterator[tuple[list[TraitGroup], str, list[int]]]:
        """For each event: what looks at it, its name, and what makes that stale of a customer."""
        rest = [group for group in self._plan.groups if group not in stale.groups]
        for event in stale.columns:
            mine = [group for group in rest if group.event == event]
            windows = [group for group in mine if group.within is not None]
            if windows == mine:
                ways = [(mine, [MOVED, CAME])]
            else:
                ways = [(mine, [CAME]), (windows, [MOVED])]
            for groups, what in ways:
                if groups and any(stale.counts[event, each] for each in what):
                    yield groups, event, what

    def _compute(self, groups: Sequence[TraitGroup]) -> None:
        """Write the traits of ``groups`` anew, of everybody."""
        columns, oldest = self._values(groups)
        self._connection.execute(self._update(traits_of_all(columns, self._events, oldest)))

    def _of_some(self, groups: Sequence[TraitGroup], event: str, whom: Select[Any]) -> Update:
        """UPDATE the traits of ``groups``, which look at events of that name, of ``whom``."""
        columns, oldest = self._values(groups)
        rows = traits_of_some(columns, self._events, oldest, event, whom.subquery("whom"))
        # Without this condition SQLite looks through the traits of all for some.
        return self._update(rows, self._traits.c.customer.in_(whom))

    def _values(self, groups: Sequence[TraitGroup]) -> tuple[list[TraitColumn], list[Oldest]]:
        """The columns of ``groups``, and what they keep of the oldest events."""
        columns = [column for group in groups for column in group.columns]
        return columns, [mark for group in groups for mark in self._oldest(group)]

    def _update(self, rows: Select[Any], *which: ColumnElement[bool]) -> Update:
        customer, *fresh = rows.subquery("fresh").c
        values = {column.name: column for column in fresh} | {CHANGED: self._computes.number}
        changed = update(self._traits).values(values)
        return changed.where(self._traits.c.customer == customer, *which)

    def _oldest(self, group: TraitGroup) -> Sequence[Oldest]:
        start = group.start(self._events.moment)
        if group.event is None or group.oldest is None or start is None:
            return []
        return [Oldest(group.oldest, start, group.event)]

    def _look_ahead(self, seen: int) -> None:
        """Mark whose new events lie ahead, for the run that they come into view of."""
        events = tables.events.c
        lie_ahead = [events.time > micros(self._events.moment.now)]
        if seen:
            lie_ahead.append(events.id > seen)
        rows = select(events.customer, events.time).where(*lie_ahead)
        insert_from(self._connection, tables.touched, ["customer", "at"], rows)

    def _remember(self, number: int) -> None:
        """Keep what was computed; with the old number if nothing was."""
        remember(self._connection, replace(self._computes, number=number))
        remember_seen(self._connection, self._newest)
