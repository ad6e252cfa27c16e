"""Stale: the customers whose traits may have changed since they were computed, by window."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, SmallInteger, case, delete, exists, func, literal, or_, select

from regulars.instants import micros
from regulars.store import insert_from, know_size, tables, temporary
from regulars.store.tables import Id

from .groups import CHANGED
from .touching import last_seen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from .computed import Computed
    from .event_sql import Events
    from .groups import TraitGroup
    from .traits import TraitPlan


_WHOLLY = "wholly"  # the flag of those for whom all groups are stale


@dataclass(frozen=True)
class Stale:
    """Whose traits are stale: ``count`` of so many ``customers``.

    Those of the groups ``everybody`` are stale for all of them; of the others, ``share`` says how
    much is stale, counting each group by itself: 0 to 1.
    """

    table: Table
    columns: dict[TraitGroup, str]
    count: int
    customers: int
    everybody: Collection[TraitGroup]
    share: float

    def any(self) -> Select[Any]:
        """SELECT the customers with something that is stale."""
        return select(self.table.c.customer)

    def wholly(self) -> Select[Any]:
        """SELECT the customers for whom all traits are stale, because of an event."""
        return self.any().where(self.table.c[_WHOLLY] == 1)

    def only(self, group: TraitGroup) -> Select[Any]:
        """SELECT the others for whom the traits of ``group`` are stale."""
        return self.any().where(self.table.c[self.columns[group]] == 1, self.table.c[_WHOLLY] == 0)


@contextmanager
def find_stale(
    connection: Connection, plan: TraitPlan, events: Events, before: Computed, now: Computed
) -> Iterator[Stale]:
    """Find whose traits are stale since ``before``; marks that have come due are taken away.

    Customers who are new get their row of traits, without any.
    """
    columns = {group: f"g{place}" for place, group in enumerate(plan.groups)}
    key: Column[Any] = Column("customer", Id, primary_key=True, autoincrement=False)
    names = [*columns.values(), _WHOLLY]
    flags = [Column(name, SmallInteger, nullable=False) for name in names]
    customers = _count(connection, events.tables.customers)
    with temporary(connection, "stale", key, *flags) as table:
        for rows in _changed(connection, events):
            _add(connection, table, rows, names)
        if _count(connection, events.tables.traits) < customers:
            _add_new(connection, table, events, now.number, names)
        if now.starts != before.starts:
            _add_moved(connection, table, events, {columns[g]: g for g in plan.groups}, now)
        know_size(connection, table)
        everybody = [group for group in plan.groups if _is_stale(group, before, now)]
        sums = [func.sum(table.c[name]) for name in columns.values()]
        count, *counts = connection.execute(select(func.count(), *sums)).one()
        found = dict(zip(plan.groups, counts, strict=True))
        some = [int(found[group] or 0) for group in plan.groups if group not in everybody]
        share = sum(some) / (len(some) * customers or 1) if some or not plan.groups else 1.0
        yield Stale(table, columns, count, customers, everybody, share)


def _is_stale(group: TraitGroup, before: Computed, now: Computed) -> bool:
    """Whether a group is stale for everybody: unknown, edited, or its window went back.

    Calendar windows do so: a month before March 30 and 31 both begin on the last of February, the
    second perhaps at an earlier hour.
    """
    if group.moves:
        return True
    names = [column.name for column in group.columns]
    if any(before.columns.get(name) != now.columns[name] for name in names):
        return True
    oldest = group.oldest
    return oldest is not None and before.starts.get(oldest, now.at) > now.starts[oldest]


def _changed(connection: Connection, events: Events) -> Iterator[Select[Any]]:
    """Whose events came, went or came into view."""
    table, now = tables.events, micros(events.moment.now)
    yield select(table.c.customer).where(table.c.id > last_seen(connection), table.c.time <= now)
    touched = tables.touched
    with temporary(connection, "due", Column("id", Id, primary_key=True)) as due:
        # Those that come meanwhile must wait for the next run, so their numbers are written down.
        insert_from(connection, due, ["id"], select(touched.c.id).where(touched.c.at <= now))
        mine = touched.c.id.in_(select(due.c.id))
        yield select(touched.c.customer).where(mine)
        connection.execute(delete(touched).where(mine))


def _add(connection: Connection, table: Table, rows: Select[Any], flags: Collection[str]) -> None:
    """All traits of these customers are stale; those who are erased by now have none."""
    known, some = tables.customers, rows.subquery("some")
    found = select(known.c.id, *[literal(1)] * len(flags)).join(some, some.c[0] == known.c.id)
    insert_from(connection, table, ["customer", *flags], found, skip_existing=True)


def _add_new(
    connection: Connection, table: Table, events: Events, number: int, flags: Collection[str]
) -> None:
    customers, traits = events.tables.customers, events.tables.traits

    def has_none(customer: ColumnElement[int]) -> ColumnElement[bool]:
        return ~exists().where(traits.c.customer == customer)

    _add(connection, table, select(customers.c.id).where(has_none(customers.c.id)), flags)
    rows = select(table.c.customer, literal(number)).where(has_none(table.c.customer))
    insert_from(connection, traits, ["customer", CHANGED], rows)


def _add_moved(
    connection: Connection,
    table: Table,
    events: Events,
    groups: dict[str, TraitGroup],
    now: Computed,
) -> None:
    """Those whose window in some group has moved past an event."""
    traits = events.tables.traits
    moved = {
        flag: traits.c[group.oldest] <= now.starts[group.oldest]
        for flag, group in groups.items()
        if group.oldest is not None
    }
    if not moved:
        return
    flags: Sequence[Any] = [
        case((moved[flag], 1), else_=0) if flag in moved else literal(0) for flag in groups
    ]
    rows = select(traits.c.customer, *flags).where(or_(*moved.values()))
    some = rows.add_columns(literal(0))
    insert_from(connection, table, ["customer", *groups, _WHOLLY], some, skip_existing=True)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
