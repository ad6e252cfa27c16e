"""Traits as SQL: for everybody at once, or for some by the events of one name.

What can be had by aggregation comes from passes over the events. What needs an order of events
(the value of the first or last one, the most common one) is looked up for each customer.
"""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, literal, select

from regulars.instants import micros

from .aggregates import Aggregate
from .event_sql import over
from .passes import pass_of_some, passes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import FromClause, Select

    from .event_sql import Events
    from .passes import Oldest
    from .trait_columns import TraitColumn


def traits_of_all(
    columns: Sequence[TraitColumn], events: Events, oldest: Sequence[Oldest] = ()
) -> Select[Any]:
    """SELECT every customer with each of ``columns`` and of ``oldest``, by its name."""
    customers = events.tables.customers
    passed = [column for column in columns if not _is_looked_up(column)]
    joined: FromClause = customers
    found: dict[str, ColumnElement[Any]] = {}
    for number, query in enumerate(passes(passed, events, oldest)):
        one = query.subquery(f"pass_{number}")
        joined = joined.outerjoin(one, one.c.customer == customers.c.id)
        found |= {column.name: column for column in one.c}
    return _told(columns, events, oldest, customers.c.id, found).select_from(joined)


def traits_of_some(
    columns: Sequence[TraitColumn],
    events: Events,
    oldest: Sequence[Oldest],
    event: str,
    whom: FromClause,
) -> Select[Any]:
    """SELECT each ``customer`` in ``whom`` with what looks at the events of that name alone."""
    found: dict[str, ColumnElement[Any]] = {}
    passed = [column for column in columns if not _is_looked_up(column)]
    if passed or oldest:
        whom = pass_of_some(passed, events, oldest, event, whom).subquery("passed")
        found = {column.name: column for column in whom.c}
    return _told(columns, events, oldest, whom.c.customer, found)


def _told(
    columns: Sequence[TraitColumn],
    events: Events,
    oldest: Sequence[Oldest],
    customer: ColumnElement[int],
    found: Mapping[str, ColumnElement[Any]],
) -> Select[Any]:
    """SELECT ``customer`` with every value: what passes ``found``, and what is looked up."""
    values = [
        _looked_up(column, events, customer)
        if _is_looked_up(column)
        else _settled(column, found[column.name])
        for column in columns
    ]
    named = [value.label(column.name) for column, value in zip(columns, values, strict=True)]
    return select(customer, *named, *(found[each.name].label(each.name) for each in oldest))


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
    query = select(over(aggregate, events)).where(
        table.c.customer == customer, events.named(aggregate.event), *tests
    )
    return query.correlate_except(table).scalar_subquery()


def _settled(column: TraitColumn, value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(value, literal(0)) if column.zero_without_events else value


def _is_looked_up(column: TraitColumn) -> bool:
    computes = column.computes
    if not isinstance(computes, Aggregate) or computes.reads is None:
        return False
    return computes.kind in {"first", "last", "most_common"}


def _looked_up(
    column: TraitColumn, events: Events, customer: ColumnElement[int]
) -> ColumnElement[Any]:
    """A value of one of the customer's own events: of those that have it.

    Of first or last events at one instant it is the one recorded first or last; of values seen
    equally often the one seen last, then the smaller text.
    """
    aggregate = typing.cast("Aggregate", column.computes)
    table, value = events.tables.events, events.read(aggregate)
    query = select(value).where(
        table.c.customer == customer,
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
    return query.limit(1).correlate_except(table).scalar_subquery()
