"""Traits as SQL: one pass over the events for everything that can be had by aggregation.

What needs an order of events (the value of the first or last one, the most common one) is looked
up for each customer through the index on customer and time.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    true,
)

from regulars.hooks.attribution import blamed, given
from regulars.hooks.kinds import EventColumns
from regulars.instants import micros
from regulars.store import rolled_up_until
from regulars.store.dialects import dialect_of
from regulars.store.tables import event_names
from regulars.stored import amount_column, text_column

from . import operands
from .aggregates import Aggregate
from .properties import property_holds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, FunctionElement, Select

    from regulars.hooks.kinds import Moment
    from regulars.store import Tables

    from .aggregates import Where
    from .trait_columns import TraitColumn


@dataclass(frozen=True)
class Events:
    """What event names and properties mean in one store at one instant.

    ``rolled_up`` says that a row may stand for several events: for so many as its ``times``;
    ``by_filter`` that the database has FILTER, which takes a third less time than CASE.
    """

    tables: Tables
    moment: Moment
    codes: Mapping[str, int]
    rolled_up: bool = False
    by_filter: bool = False

    @classmethod
    def of(cls, connection: Connection, tables: Tables, moment: Moment) -> Events:
        """The events of a store as it is now."""
        rolled_up = rolled_up_until(connection) is not None
        by_filter = dialect_of(connection.dialect.name).FILTER
        return cls(tables, moment, event_codes(connection), rolled_up, by_filter)

    def named(self, event: str) -> ColumnElement[bool]:
        """True for events of that name; for a name that never came, for none."""
        name: ColumnElement[int] = self.tables.events.c.name
        return name == self.codes.get(event, -1)

    def where(self, where: Where) -> ColumnElement[bool]:
        """True for events whose properties compare so."""
        return and_(
            true(),
            *(
                property_holds(
                    partial(self._text, name), partial(self._amount, name), comparison, self.moment
                )
                for name, comparison in where.items()
            ),
        )

    def narrowed(self, aggregate: Aggregate) -> list[ColumnElement[bool]]:
        """What the past events of its name must hold to count for ``aggregate``."""
        tests = [self.where(aggregate.where)] if aggregate.where else []
        if aggregate.within is not None:
            start = operands.window_start(aggregate.within, self.moment)
            tests.append(self.tables.events.c.time > start)
        return tests

    def read(self, aggregate: Aggregate) -> ColumnElement[Any]:
        """The column of the property that ``aggregate`` reads."""
        name = aggregate.reads or ""
        return self._amount(name) if aggregate.reads_number else self._text(name)

    def for_plugins(self) -> EventColumns:
        """The columns as a plugin sees them."""
        events = self.tables.events
        return EventColumns(
            customer=events.c.customer,
            time=events.c.time,
            is_event=self.named,
            property=self._text,
            amount=self._amount,
        )

    def _text(self, name: str) -> ColumnElement[str]:
        column: ColumnElement[str] = self.tables.events.c[text_column(name)]
        return column

    def _amount(self, name: str) -> ColumnElement[int]:
        column: ColumnElement[int] = self.tables.events.c[amount_column(name)]
        return column


def event_codes(connection: Connection) -> dict[str, int]:
    """The number of every event name that the store has seen."""
    rows = connection.execute(select(event_names.c.name, event_names.c.id))
    return {row.name: row.id for row in rows}


@dataclass(frozen=True)
class Oldest:
    """When the oldest event of some names happened that lies after ``start`` (microseconds)."""

    name: str
    start: int
    events: Sequence[str]


@dataclass(frozen=True)
class Reach:
    """How far a computation of traits reaches.

    ``among`` selects the customers, None means everybody; events at or before ``since``
    (microseconds) are not looked at, which none of the traits may need. ``oldest`` are computed
    beside the traits.
    """

    among: Select[Any] | None = None
    since: int | None = None
    oldest: Sequence[Oldest] = ()

    def holds(self, customer: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """What must hold for ``customer`` to be among them."""
        return [] if self.among is None else [customer.in_(self.among)]


EVERYBODY = Reach()


def traits_of_all(
    columns: Sequence[TraitColumn], events: Events, reach: Reach = EVERYBODY
) -> Select[Any]:
    """SELECT every customer within ``reach`` with the value of each of ``columns``, by its name."""
    customers = events.tables.customers
    passed = [column for column in columns if not _is_looked_up(column)]
    whom = reach.holds(customers.c.id)
    if not passed and not reach.oldest:
        looked_up = [_looked_up(column, events).label(column.name) for column in columns]
        return select(customers.c.id, *looked_up).where(*whom)
    one_pass = _one_pass(passed, events, reach).subquery("aggregated")
    values: list[ColumnElement[Any]] = [
        (_looked_up(column, events) if _is_looked_up(column) else _settled(column, one_pass)).label(
            column.name
        )
        for column in columns
    ]
    values += [one_pass.c[each.name] for each in reach.oldest]
    joined = customers.outerjoin(one_pass, one_pass.c.customer == customers.c.id)
    return select(customers.c.id, *values).select_from(joined).where(*whom)


def value_over(
    aggregate: Aggregate,
    events: Events,
    customer: ColumnElement[int],
    *tests: ColumnElement[bool],
) -> ColumnElement[Any]:
    """The value of ``aggregate`` over the events of ``customer`` that hold ``tests``: a subquery.

    Its window and its ``where`` are among the tests, if they count.
    """
    table = events.tables.events
    query = select(_over(aggregate, events)).where(
        table.c.customer == customer, events.named(aggregate.event), *tests
    )
    return query.correlate_except(table).scalar_subquery()


def _one_pass(columns: Sequence[TraitColumn], events: Events, reach: Reach) -> Select[Any]:
    table = events.tables.events
    names = _event_names(columns, reach)
    tests = [*reach.holds(table.c.customer), table.c.time <= micros(events.moment.now)]
    if reach.since is not None:
        tests.append(table.c.time > reach.since)
    if names is not None:
        tests.append(table.c.name.in_([events.codes.get(name, -1) for name in names]))
    one_name = names is not None and len(names) == 1
    aggregates = [
        _aggregated(column, events, one_name=one_name).label(column.name) for column in columns
    ]
    aggregates += [_oldest(each, events).label(each.name) for each in reach.oldest]
    return select(table.c.customer, *aggregates).where(*tests).group_by(table.c.customer)


def _oldest(oldest: Oldest, events: Events) -> ColumnElement[Any]:
    table = events.tables.events
    codes = [events.codes.get(name, -1) for name in oldest.events]
    tests = (table.c.name.in_(codes), table.c.time > oldest.start)
    return _Some(tests, events.by_filter).over(func.min, table.c.time)


def _event_names(columns: Sequence[TraitColumn], reach: Reach) -> list[str] | None:
    """The events that some column looks at; None if it may be any, as for a plugin."""
    computed = [column.computes for column in columns]
    aggregates = [item for item in computed if isinstance(item, Aggregate)]
    if len(aggregates) < len(computed):
        return None
    beside = (name for each in reach.oldest for name in each.events)
    return sorted({*(a.event for a in aggregates), *beside})


def _aggregated(column: TraitColumn, events: Events, *, one_name: bool) -> ColumnElement[Any]:
    """The aggregate over the events of one customer; ``one_name`` if all have its name."""
    computes = column.computes
    if not isinstance(computes, Aggregate):
        with blamed(computes.blame):
            made = computes.kind.compile(computes.config, events.for_plugins(), events.moment)
            return given(made, ColumnElement)
    tests = events.narrowed(computes)
    if not one_name:
        tests = [events.named(computes.event), *tests]
    return _over(computes, events, *tests)


@dataclass(frozen=True)
class _Some:
    """The rows of a group that hold ``tests``; all of them without any."""

    tests: Sequence[ColumnElement[bool]]
    by_filter: bool

    def over(
        self, function: Callable[[Any], FunctionElement[Any]], value: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        """An aggregate ``function`` of ``value`` over them."""
        if not self.tests:
            return function(value)
        if self.by_filter:
            return function(value).filter(*self.tests)
        return function(case((and_(*self.tests), value)))

    def which(self, test: ColumnElement[bool]) -> _Some:
        """Those of them that hold ``test`` as well."""
        return _Some([*self.tests, test], self.by_filter)


def _over(aggregate: Aggregate, events: Events, *tests: ColumnElement[bool]) -> ColumnElement[Any]:
    """``aggregate`` over those rows of a group that hold ``tests``."""
    table, some = events.tables.events, _Some(tests, events.by_filter)
    value = table.c.time if aggregate.reads is None else events.read(aggregate)
    times: ColumnElement[int] = table.c.times
    if aggregate.kind == "count":
        return _sum(some, times) if events.rolled_up else some.over(func.count, literal(1))
    if aggregate.kind == "sum":
        return _sum(some, value)
    if aggregate.kind == "average":
        known = some.which(value.is_not(None))
        count = _sum(known, times) if events.rolled_up else some.over(func.count, value)
        return _average(some, value, count)
    return some.over(_PLAIN[aggregate.kind], value)


_PLAIN: Mapping[str, Callable[[Any], FunctionElement[Any]]] = {
    "first": func.min,
    "last": func.max,
    "largest": func.max,
    "smallest": func.min,
    "distinct": lambda value: func.count(value.distinct()),
}


def _sum(some: _Some, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Exact: PostgreSQL and MariaDB sum BIGINT into decimals."""
    return cast(some.over(func.sum, value), BigInteger)


def _average(
    some: _Some, value: ColumnElement[Any], count: ColumnElement[int]
) -> ColumnElement[Any]:
    """The exact sum over the count, divided as doubles: the same on every database."""
    return cast(_sum(some, value), Double) / cast(func.nullif(count, 0), Double)


def _settled(column: TraitColumn, one_pass: Any) -> ColumnElement[Any]:
    value: ColumnElement[Any] = one_pass.c[column.name]
    return func.coalesce(value, literal(0)) if column.zero_without_events else value


def _is_looked_up(column: TraitColumn) -> bool:
    computes = column.computes
    if not isinstance(computes, Aggregate) or computes.reads is None:
        return False
    return computes.kind in {"first", "last", "most_common"}


def _looked_up(column: TraitColumn, events: Events) -> ColumnElement[Any]:
    """A value of one of the customer's own events: of those that have it.

    Of first or last events at one instant it is the one recorded first or last; of values seen
    equally often the one seen last, then the smaller text.
    """
    aggregate = typing.cast("Aggregate", column.computes)
    table, value = events.tables.events, events.read(aggregate)
    query = select(value).where(
        table.c.customer == events.tables.customers.c.id,
        table.c.time <= micros(events.moment.now),
        events.named(aggregate.event),
        *events.narrowed(aggregate),
        value.is_not(None),
    )
    match aggregate.kind:
        case "first":
            query = query.order_by(table.c.time, table.c.id)
        case "last":
            query = query.order_by(table.c.time.desc(), table.c.id.desc())
        case _:
            count = func.sum(table.c.times) if events.rolled_up else func.count()
            order = (count.desc(), func.max(table.c.time).desc(), value)
            query = query.group_by(value).order_by(*order)
    return query.limit(1).correlate(events.tables.customers).scalar_subquery()
