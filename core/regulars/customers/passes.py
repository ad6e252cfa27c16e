"""Passes over events: everything that can be had by aggregation, name by name.

The index of events is ordered by name, customer and time. So the events of one name are passed
over by themselves, customer by customer, and each is asked only what is counted of its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select

from regulars.hooks.attribution import blamed, given
from regulars.instants import micros

from . import operands
from .aggregates import Aggregate
from .event_sql import Some, over

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import Select

    from .event_sql import Events
    from .trait_columns import TraitColumn

_MOST = 20  # that a statement joins; databases take no more than 61


@dataclass(frozen=True)
class Oldest:
    """When the oldest of the events called ``event`` after ``start`` (microseconds) happened."""

    name: str
    start: int
    event: str


@dataclass(frozen=True)
class Reach:
    """How far a computation of traits reaches.

    ``among`` selects the customers, None means everybody. ``oldest`` are computed beside the
    traits.
    """

    among: Select[Any] | None = None
    oldest: Sequence[Oldest] = ()

    def holds(self, customer: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """What must hold for ``customer`` to be among them."""
        return [] if self.among is None else [customer.in_(self.among)]


def passes(columns: Sequence[TraitColumn], events: Events, reach: Reach) -> Iterator[Select[Any]]:
    """SELECT customers with some of ``columns`` and of the oldest, by their names.

    A customer without any event that matters is missing. Each column comes in one pass.
    """
    for each in _plan(columns, reach.oldest, by_name=events.by_name):
        yield each.select(events, reach)


def _plan(
    columns: Sequence[TraitColumn], oldest: Sequence[Oldest], *, by_name: bool
) -> Iterator[_Pass]:
    looks_at = {
        column: column.computes.event
        for column in columns
        if isinstance(column.computes, Aggregate)
    }
    anything = [column for column in columns if column not in looks_at]
    if anything and not by_name:
        yield _Pass((), columns, oldest)
        return
    if anything:
        yield _Pass((), anything, ())
    names = sorted({*looks_at.values(), *(each.event for each in oldest)})
    alone = _MOST if by_name else 0
    for some in [*([name] for name in names[:alone]), names[alone:]]:
        if some:
            mine = [column for column, name in looks_at.items() if name in some]
            yield _Pass(some, mine, [each for each in oldest if each.event in some])


@dataclass(frozen=True)
class _Pass:
    """One pass over the events called ``names``, for what looks at no others.

    Without names it is over all events, for what may look at any, as a plugin's traits.
    """

    names: Collection[str]
    columns: Sequence[TraitColumn]
    oldest: Sequence[Oldest]

    def select(self, events: Events, reach: Reach) -> Select[Any]:
        """SELECT customers with the columns and the oldest."""
        table = events.tables.events
        tests = [*reach.holds(table.c.customer), table.c.time <= micros(events.moment.now)]
        start = self._start(events)
        if start is not None:
            tests.append(table.c.time > start)
        if self.names:
            tests.append(table.c.name.in_(events.codes_of(self.names)))
        found = [self._aggregated(column, events).label(column.name) for column in self.columns]
        found += [self._oldest(each, events).label(each.name) for each in self.oldest]
        return select(table.c.customer, *found).where(*tests).group_by(table.c.customer)

    def _start(self, events: Events) -> int | None:
        """The instant that the longest window begins after; None if something looks further."""
        starts = [each.start for each in self.oldest]
        for column in self.columns:
            within = getattr(column.computes, "within", None)
            if within is None:
                return None
            starts.append(operands.window_start(within, events.moment))
        return min(starts)

    def _aggregated(self, column: TraitColumn, events: Events) -> ColumnElement[Any]:
        computes = column.computes
        if not isinstance(computes, Aggregate):
            with blamed(computes.blame):
                made = computes.kind.compile(computes.config, events.for_plugins(), events.moment)
                return given(made, ColumnElement)
        tests = events.narrowed(computes)
        if not self._one_name:
            tests = [events.named(computes.event), *tests]
        return over(computes, events, *tests)

    def _oldest(self, oldest: Oldest, events: Events) -> ColumnElement[Any]:
        table = events.tables.events
        tests = [table.c.time > oldest.start]
        if not self._one_name:
            tests.append(events.named(oldest.event))
        return Some(tests, events.by_filter).over(func.min, table.c.time)

    @property
    def _one_name(self) -> bool:
        """Whether all its events have one name, so that no test need ask for it."""
        return len(self.names) == 1
