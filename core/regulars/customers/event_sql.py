"""Events as SQL: what their names and properties mean in a store, and aggregates over them."""

from __future__ import annotations

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
    select,
    true,
)

from regulars.hooks.kinds import EventColumns
from regulars.store import rolled_up_until
from regulars.store.dialects import dialect_of
from regulars.store.tables import event_names
from regulars.stored import amount_column, text_column

from . import operands
from .properties import property_holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection, FunctionElement

    from regulars.hooks.kinds import Moment
    from regulars.store import Tables

    from .aggregates import Aggregate, Where


@dataclass(frozen=True)
class Events:
    """What event names and properties mean in one store at one instant.

    ``rolled_up`` says that a row may stand for several events: for so many as its ``times``;
    ``by_filter`` that the database has FILTER, which takes a third less time than CASE; ``by_name``
    that it passes over each name by itself more quickly than over all, by the index of events.
    """

    tables: Tables
    moment: Moment
    codes: Mapping[str, int]
    rolled_up: bool = False
    by_filter: bool = False
    by_name: bool = False

    @classmethod
    def of(cls, connection: Connection, tables: Tables, moment: Moment) -> Events:
        """The events of a store as it is now."""
        rolled_up = rolled_up_until(connection) is not None
        dialect = dialect_of(connection.dialect.name)
        codes = event_codes(connection)
        return cls(tables, moment, codes, rolled_up, dialect.FILTER, dialect.BY_NAME)

    def named(self, event: str) -> ColumnElement[bool]:
        """True for events of that name; for a name that never came, for none."""
        name: ColumnElement[int] = self.tables.events.c.name
        return name == self.codes.get(event, -1)

    def codes_of(self, names: Iterable[str]) -> list[int]:
        """Their numbers; of a name that never came one that no event has."""
        return [self.codes.get(name, -1) for name in names]

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
class Some:
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

    def which(self, test: ColumnElement[bool]) -> Some:
        """Those of them that hold ``test`` as well."""
        return Some([*self.tests, test], self.by_filter)


def over(aggregate: Aggregate, events: Events, *tests: ColumnElement[bool]) -> ColumnElement[Any]:
    """``aggregate`` over those rows of a group that hold ``tests``."""
    table, some = events.tables.events, Some(tests, events.by_filter)
    value = table.c.time if aggregate.reads is None else events.read(aggregate)
    times: ColumnElement[int] = table.c.times
    if aggregate.kind == "count":
        return _sum(some, times) if events.rolled_up else some.over(func.count, value)
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


def _sum(some: Some, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Exact: PostgreSQL and MariaDB sum BIGINT into decimals."""
    return cast(some.over(func.sum, value), BigInteger)


def _average(
    some: Some, value: ColumnElement[Any], count: ColumnElement[int]
) -> ColumnElement[Any]:
    """The exact sum over the count, divided as doubles: the same on every database."""
    return cast(_sum(some, value), Double) / cast(func.nullif(count, 0), Double)
