"""Stale: the customers whose traits may have changed since they were computed, by kind of event."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    SmallInteger,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from regulars.store import insert_from, know_size, tables, temporary
from regulars.store.tables import Id

from .groups import CHANGED
from .touching import last_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from .computed import Computed
    from .event_sql import Events
    from .groups import TraitGroup
    from .traits import TraitPlan


# What happened to a customer's events of one name. The greater stands for both.
MOVED = 1  # a window has moved past one: the traits with windows are stale
CAME = 2  # one came, went or came into view: all its traits are
PIECE = 4_000  # customers; their traits lie in as many pages at most, which SQLite's cache holds
_FIRST, _LAST = "first_of_piece", "last_of_piece"


@dataclass(frozen=True)
class Stale:
    """Whose traits are stale.

    Those of ``groups`` are so for everybody. Of the others, ``counts`` says for how many customers
    those of an event are by what happened, ``share`` how much of all that is: 0 to 1. ``anything``
    is false where nobody's are. ``columns`` says where ``table`` keeps what happened to an event.
    Customers are computed in ``pieces``, ranges of their numbers: the traits of one piece stay in
    SQLite's cache from one kind of event to the next; those of all would be read and written for
    each kind.
    """

    table: Table
    columns: Mapping[str, str]
    groups: Sequence[TraitGroup]
    anything: bool
    counts: Mapping[tuple[str, int], int]
    share: float
    pieces: Sequence[Mapping[str, int]]

    def customers(self) -> Select[Any]:
        """SELECT the customers of whom something changed, be it an event that no trait looks at."""
        return select(self.table.c.customer)

    def by(self, event: str, what: Sequence[int]) -> Select[Any]:
        """SELECT those of a piece to whose events of that name any of ``what`` happened.

        It is executed with one of ``pieces`` as its parameters.
        """
        happened = self.table.c[self.columns[event]].in_(what)
        mine = self.table.c.customer.between(bindparam(_FIRST), bindparam(_LAST))
        return self.customers().where(happened, mine)


@contextmanager
def find_stale(
    connection: Connection, plan: TraitPlan, events: Events, before: Computed, now: Computed
) -> Iterator[Stale]:
    """Find whose traits are stale since ``before``; marks that have come due are taken away.

    Customers who are new get their row of traits, without any.
    """
    groups = [group for group in plan.groups if _is_stale(group, before, now)]
    rest = [group for group in plan.groups if group not in groups]
    names = sorted({group.event for group in plan.groups if group.event is not None})
    columns = {name: f"e{place}" for place, name in enumerate(names)}
    customer: Column[Any] = Column("customer", Id, primary_key=True, autoincrement=False)
    kept = [Column(name, SmallInteger, nullable=False) for name in columns.values()]
    customers = _count(connection, events.tables.customers)
    with temporary(connection, "stale", customer, *kept) as table:
        has_new = _count(connection, events.tables.traits) < customers
        moving = rest if now.starts != before.starts else []
        _fill(connection, table, _Search(events, names, moving, now), has_new=has_new)
        know_size(connection, table)
        count, counts = _counted(connection, table, columns)
        looked_at = {group.event for group in rest if group.event is not None}
        some = sum(counts[name, what] for name in looked_at for what in (MOVED, CAME))
        share = some / (len(looked_at) * customers or 1) if rest or not plan.groups else 1.0
        anything = bool(groups or (some if plan.groups else count))
        pieces = _pieces(connection, table, count)
        yield Stale(table, columns, groups, anything, counts, share, pieces)


def _is_stale(group: TraitGroup, before: Computed, now: Computed) -> bool:
    """Whether a group is stale for everybody: unknown, edited, or its window went back.

    Calendar windows do so: a month before March 30 and 31 both begin on the last of February, the
    second perhaps at an earlier hour.
    """
    if group.event is None:
        return True
    names = [column.name for column in group.columns]
    if any(before.columns.get(name) != now.columns[name] for name in names):
        return True
    oldest = group.oldest
    return oldest is not None and before.starts.get(oldest, now.at) > now.starts[oldest]


@dataclass(frozen=True)
class _Search:
    """What to look for: events called ``names``, and windows that have moved in ``groups``.

    Each question selects customers with what happened to their events of each name.
    """

    events: Events
    names: Sequence[str]
    groups: Sequence[TraitGroup]
    now: Computed

    def came(self, last_seen: int) -> Select[Any]:
        """Whose events came after the one with this number."""
        table = self.events.tables.events
        news = table.c.id > last_seen, table.c.time <= self.now.at
        happened = [func.max(_if(self.events.named(name), CAME)) for name in self.names]
        rows = select(table.c.customer, *happened).where(*news).group_by(table.c.customer)
        return rows.where(self._is_known(table.c.customer))

    def moved(self) -> list[Select[Any]]:
        """Who has an event that a window has moved past; nothing where no window moves."""
        traits = self.events.tables.traits
        past: dict[str, list[ColumnElement[bool]]] = {name: [] for name in self.names}
        for group in self.groups:
            if group.event is not None and group.oldest is not None:
                oldest = traits.c[group.oldest]
                past[group.event].append(oldest <= self.now.starts[group.oldest])
        tests = [test for some in past.values() for test in some]
        if not tests:
            return []
        happened = [_if(or_(false(), *past[name]), MOVED) for name in self.names]
        return [select(traits.c.customer, *happened).where(or_(*tests))]

    def touched(self, which: ColumnElement[bool]) -> Select[Any]:
        """Whom such marks are of: of those, everything is stale."""
        touched = tables.touched.c
        return self.wholly(select(touched.customer).where(which, self._is_known(touched.customer)))

    def wholly(self, who: Select[Any]) -> Select[Any]:
        """``who``, of whom everything is stale."""
        return who.add_columns(*[literal(CAME)] * len(self.names))

    def _is_known(self, customer: ColumnElement[int]) -> ColumnElement[bool]:
        """False for those who are erased by now: they have no traits."""
        return exists().where(self.events.tables.customers.c.id == customer)


def _fill(connection: Connection, table: Table, search: _Search, *, has_new: bool) -> None:
    """Fill ``table`` with who is stale by what happened."""
    known, touched = search.events.tables.customers, tables.touched
    traits = search.events.tables.traits
    parts = [search.came(last_seen(connection)), *search.moved()]
    if has_new:
        new = ~exists().where(traits.c.customer == known.c.id)
        parts.append(search.wholly(select(known.c.id).where(new)))
    with temporary(connection, "due", Column("id", Id, primary_key=True)) as due:
        # Those that come meanwhile must wait for the next run, so their numbers are written down.
        passed = select(touched.c.id).where(touched.c.at <= search.now.at)
        insert_from(connection, due, ["id"], passed)
        mine = touched.c.id.in_(select(due.c.id))
        parts.append(search.touched(mine))
        whose, *happened = union_all(*parts).subquery("found").c
        rows = select(whose, *map(func.max, happened)).group_by(whose)
        insert_from(connection, table, list(table.c.keys()), rows)
        connection.execute(delete(touched).where(mine))
    if has_new:
        without = ~exists().where(traits.c.customer == table.c.customer)
        rows = select(table.c.customer, literal(search.now.number)).where(without)
        insert_from(connection, traits, ["customer", CHANGED], rows)


def _counted(
    connection: Connection, table: Table, columns: Mapping[str, str]
) -> tuple[int, dict[tuple[str, int], int]]:
    """How many customers are stale, and how many by each event and what happened."""
    ways = [(name, what) for name in columns for what in (MOVED, CAME)]
    sums = [func.sum(_if(table.c[columns[name]] == what, 1)) for name, what in ways]
    count, *counts = connection.execute(select(func.count(), *sums).select_from(table)).one()
    return count, {way: int(found or 0) for way, found in zip(ways, counts, strict=True)}


def _pieces(connection: Connection, table: Table, count: int) -> list[Mapping[str, int]]:
    """Ranges of customers' numbers, as wide as one another, with ``PIECE`` customers on average."""
    if not count:
        return []
    customer = table.c.customer
    first, last = connection.execute(select(func.min(customer), func.max(customer))).one()
    many = -(-count // PIECE)
    starts = [first + (last + 1 - first) * place // many for place in range(many + 1)]
    return [{_FIRST: start, _LAST: after - 1} for start, after in pairwise(starts)]


def _if(test: ColumnElement[bool], what: int) -> ColumnElement[int]:
    return case((test, what), else_=0)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
