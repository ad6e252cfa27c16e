"""Rolling up: one event a customer, name, month (UTC) and equal text properties.

It is the last of those that it stands for: it keeps their last time and number. ``times`` says how
many they are, amounts are their sums, and what the playbook doesn't use is forgotten. Events
without an amount are not mixed with those that have it, so that averages stay what they were.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, case, cast, func, or_, select, update

from regulars.customers.touching import touch
from regulars.instants import instant, micros
from regulars.store import insert_from, of_any_name, set_rolled_up_until, temporary
from regulars.store.schema import properties_kept
from regulars.store.tables import Id
from regulars.stored import amount_column, text_column

from .forgetting import remove_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from .old_events import OldEvents

ROLLED_UP = -1  # the source of an event that was rolled up
_MOST_MONTHS = 2400  # two centuries; what is older counts as one month


def roll_up(connection: Connection, old: OldEvents) -> int:
    """Roll up ``old`` events; how many were not yet."""
    single = func.count(case((old.events.c.source != ROLLED_UP, 1)))
    count, first = connection.execute(old.select(single, func.min(old.events.c.time))).one()
    if not count:
        return 0
    set_rolled_up_until(connection, old.limit)
    amounts = [amount_column(name) for name in properties_kept(old.events)[1]]
    sums = [Column(name, BigInteger) for name in amounts]
    with (
        temporary(connection, "old_events", _number(), Column("last", Id)) as found,
        temporary(connection, "rolled_up", _number(), Column("times", Integer), *sums) as rolled,
    ):
        insert_from(connection, found, ["id", "last"], _gathered(old, first))
        insert_from(connection, rolled, ["id", "times", *amounts], _summed(found, old, amounts))
        touch(connection, select(old.events.c.customer).join(found, found.c.id == old.events.c.id))
        _replace(connection, old.events, rolled, ["times", *amounts])
        remove_events(connection, select(found.c.id).where(found.c.id != found.c.last))
    return int(count)


def _number() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=False)


def _gathered(old: OldEvents, first: int) -> Select[Any]:
    """Each event with the last one of its group, for customers with some that were not rolled up.

    A month that the limit lies in is gathered again and again as it goes on.
    """
    events, others = old.events, old.events.alias("single")
    texts, amounts = properties_kept(events)
    group = [
        events.c.customer,
        events.c.name,
        _month(events.c.time, first, old.limit),
        *(events.c[text_column(name)] for name in texts),
        *(case((events.c[amount_column(name)].is_(None), 1), else_=0) for name in amounts),
    ]
    order = [events.c.time.desc(), events.c.id.desc()]
    last = func.first_value(events.c.id).over(partition_by=group, order_by=order)
    touched = select(others.c.id).where(
        of_any_name(others),
        others.c.customer == events.c.customer,
        others.c.time <= old.limit,
        others.c.source != ROLLED_UP,
    )
    return old.select(events.c.id, last).where(touched.exists())


def _summed(found: Table, old: OldEvents, amounts: list[str]) -> Select[Any]:
    """What each group's last event becomes, where that is anything new."""
    events = old.events
    sums = [cast(func.sum(events.c[name]), BigInteger) for name in amounts]
    return (
        select(found.c.last, cast(func.sum(events.c.times), BigInteger), *sums)
        .join_from(found, events, events.c.id == found.c.id)
        .group_by(found.c.last)
        .having(or_(func.count() > 1, func.max(events.c.source) != ROLLED_UP))
    )


def _replace(connection: Connection, events: Table, rolled: Table, columns: list[str]) -> None:
    mine = rolled.c.id == events.c.id
    values: dict[str, Any] = {
        name: select(rolled.c[name]).where(mine).scalar_subquery() for name in columns
    }
    values |= {"properties": None, "source": ROLLED_UP}
    these = events.c.id.in_(select(rolled.c.id))
    connection.execute(
        update(events).where(these).values({events.c[n]: value for n, value in values.items()})
    )


def _month(time: ColumnElement[int], first: int, last: int) -> ColumnElement[int]:
    """A number for the month that ``time`` lies in, from ``first`` to ``last``."""
    begins = list(_months(first, last))
    return case(*((time >= begin, place) for place, begin in enumerate(begins)), else_=len(begins))


def _months(first: int, last: int) -> Iterator[int]:
    """When the months before ``last`` began, the newest first, as far back as ``first``."""
    month = instant(last).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(_MOST_MONTHS):
        yield micros(month)
        if micros(month) <= first or month.year == 1:
            return
        year, number = divmod(month.year * 12 + month.month - 2, 12)
        month = datetime(year, number + 1, 1, tzinfo=UTC)
