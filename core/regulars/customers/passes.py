"""Passes over events: everything that can be had by aggregation, name by name.

The index of events is ordered by name, customer and time. So the events of one name are passed
over by themselves, customer by customer, and each is asked only what is counted of its name. Of
some customers they are looked up instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, select

from regulars.hooks.attribution import blamed, given
from regulars.instants import micros

from . import operands
from .aggregates import Aggregate
from .event_sql import Some, over

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import FromClause, Select

    from .event_sql import Events
    from .trait_columns import TraitColumn

_MOST = 20  # that a statement joins; databases take no more than 61


@dataclass(frozen=True)
class Oldest:
    """When the oldest of the events called ``event`` after ``start`` (microseconds) happened."""

    name: str
    start: int
    event: str


def passes(
    columns: Sequence[TraitColumn], events: Events, oldest: Sequence[Oldest] = ()
) -> Iterator[Select[Any]]:
    """SELECT customers with some of ``columns`` and of the ``oldest``, by their names.

    A customer without any event that matters is missing. Each column comes in one pass.
    """
    for each in _plan(columns, oldest, by_name=events.by_name):
        yield each.select(events)


def pass_of_some(
    columns: Sequence[TraitColumn],
    events: Events,
    oldest: Sequence[Oldest],
    event: str,
    whom: FromClause,
) -> Select[Any]:
    """SELECT each ``customer`` in ``whom`` with what looks at the events of that name alone.

    Those who have no such event are there as well. Each customer's are looked up in the index.
    """
    return _Pass((event,), columns, oldest).select_of(whom, events)


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

    def select(self, events: Events) -> Select[Any]:
        """SELECT customers with the columns and the oldest."""
        customer = events.tables.events.c.customer
        rows = select(customer, *self._values(events)).where(*self._tests(events))
        return rows.group_by(customer)

    def select_of(self, whom: FromClause, events: Events) -> Select[Any]:
        """SELECT each customer in ``whom`` with the columns and the oldest."""
        table, customer = events.tables.events, whom.c.customer
        mine = and_(table.c.customer == customer, *self._tests(events))
        rows = select(customer, *self._values(events)).select_from(whom.outerjoin(table, mine))
        return rows.group_by(customer)

    def _values(self, events: Events) -> Iterator[ColumnElement[Any]]:
        for column in self.columns:
            yield self._aggregated(column, events).label(column.name)
        for each in self.oldest:
            yield self._oldest(each, events).label(each.name)

    def _tests(self, events: Events) -> Iterator[ColumnElement[bool]]:
        """What holds for every event that matters."""
        table, start = events.tables.events, self._start(events)
        yield table.c.time <= micros(events.moment.now)
        if start is not None:
            yield table.c.time > start
        if self.names:
            yield table.c.name.in_(events.codes_of(self.names))

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
