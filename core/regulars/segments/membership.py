"""Membership: who is inside each segment now, and who entered or left since the last run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    SmallInteger,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from regulars.batches import batches
from regulars.instants import micros
from regulars.store import insert_from, temporary
from regulars.store.tables import changes, customers, segments
from regulars.store.tables import members as members_table

from .definitions import definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from regulars.store import Store

    from .scope import Scope

AT_ONCE = 200  # segments in one statement; databases end at some 1,600 columns


@dataclass(frozen=True)
class SegmentCount:
    """How many customers are inside now, and how many entered and left with this run."""

    members: int
    entered: int
    left: int


@dataclass(frozen=True)
class _Segment:
    """A segment as the store knows it; ``edited`` if its definition is new or another one."""

    name: str
    id: int
    edited: bool


def refresh_segments(store: Store, scope: Scope) -> dict[str, SegmentCount]:
    """Evaluate every segment for every customer as of ``scope.now``; the counts by segment.

    Changes are recorded with that instant, and with ``by_edit`` where the segment was not there
    before or had another definition. At one instant a second call changes nothing.
    """
    with store.transaction() as connection:
        known = _recorded(connection, scope)
        counts: dict[str, SegmentCount] = {}
        for some in batches(known, AT_ONCE):
            counts |= _evaluate(connection, scope, some)
        _retire(connection, [segment.id for segment in known])
    return counts


def members(connection: Connection, segment: str) -> Iterator[str]:
    """The client's ids of the customers inside ``segment``, in the order of their ids."""
    query = (
        select(customers.c.key)
        .join(members_table, members_table.c.customer == customers.c.id)
        .join(segments, segments.c.id == members_table.c.segment)
        .where(segments.c.name == segment)
        .order_by(customers.c.key)
    )
    yield from connection.execute(query).scalars()


def _recorded(connection: Connection, scope: Scope) -> list[_Segment]:
    """Every segment of the playbook with its number; new definitions are recorded."""
    rows = {row.name: row for row in connection.execute(select(segments))}
    recorded = []
    for name in scope.playbook.segments:
        written = definition(scope.playbook, name)
        row = rows.get(name)
        if row is None:
            recorded.append(_Segment(name, _new(connection, name, written), edited=True))
            continue
        edited = row.definition != written
        if edited:
            same = segments.c.id == row.id
            connection.execute(update(segments).where(same).values(definition=written))
        recorded.append(_Segment(name, row.id, edited))
    return recorded


def _new(connection: Connection, name: str, written: str) -> int:
    connection.execute(insert(segments).values(name=name, definition=written))
    number = select(segments.c.id).where(segments.c.name == name)
    return int(connection.execute(number).scalar_one())


def _evaluate(
    connection: Connection, scope: Scope, batch: Sequence[_Segment]
) -> dict[str, SegmentCount]:
    columns = [f"s{number}" for number in range(len(batch))]
    definitions = (Column(name, SmallInteger, nullable=False) for name in columns)
    key = Column("customer", BigInteger, primary_key=True, autoincrement=False)
    with temporary(connection, "standing", key, *definitions) as standing:
        insert_from(connection, standing, ["customer", *columns], _standing(scope, batch))
        return {
            segment.name: _apply(connection, scope, segment, standing, standing.c[column] == 1)
            for segment, column in zip(batch, columns, strict=True)
        }


def _standing(scope: Scope, batch: Sequence[_Segment]) -> Select[tuple[int, ...]]:
    """One row a customer: 1 or 0 for each segment."""
    inside = [
        case((scope.condition(scope.playbook.segments[segment.name]), 1), else_=0)
        for segment in batch
    ]
    return select(scope.customer, *inside).select_from(scope.people)


def _apply(
    connection: Connection,
    scope: Scope,
    segment: _Segment,
    standing: Table,
    inside: ColumnElement[bool],
) -> SegmentCount:
    """Bring the members of one segment to what stands, and record who came and went."""
    member = members_table.c
    here = member.segment == segment.id
    was_inside = select(member.customer).where(here, member.customer == standing.c.customer)
    is_inside = select(standing.c.customer).where(standing.c.customer == member.customer, inside)
    leaving = and_(here, ~is_inside.correlate(members_table).exists())
    entering = and_(inside, ~was_inside.correlate(standing).exists())
    now = micros(scope.now)
    left = _record(connection, segment, now, 0, select(member.customer).where(leaving))
    new = select(standing.c.customer).where(entering)
    entered = _record(connection, segment, now, 1, new)
    if left:
        connection.execute(delete(members_table).where(leaving))
    if entered:
        rows = select(literal(segment.id), standing.c.customer, literal(now, BigInteger)).where(
            entering
        )
        insert_from(connection, members_table, ["segment", "customer", "since"], rows)
    count = connection.execute(select(func.count()).select_from(members_table).where(here))
    return SegmentCount(count.scalar_one(), entered, left)


def _record(
    connection: Connection, segment: _Segment, now: int, entered: int, who: Select[tuple[int]]
) -> int:
    customer = who.selected_columns[0]
    constants = (
        literal(segment.id),
        literal(now, BigInteger),
        literal(entered),
        literal(int(segment.edited)),
    )
    rows = who.with_only_columns(customer, *constants).order_by(customer)
    columns = ["customer", "segment", "at", "entered", "by_edit"]
    return insert_from(connection, changes, columns, rows)


def _retire(connection: Connection, known: Sequence[int]) -> None:
    """Empty the segments that the playbook no longer has; nobody left them by what they did.

    The row stays, so that its number is never another segment's; coming back counts as an edit.
    """
    gone = segments.c.id.not_in(known)
    retired = select(segments.c.id).where(gone).scalar_subquery()
    connection.execute(delete(members_table).where(members_table.c.segment.in_(retired)))
    connection.execute(update(segments).where(gone).values(definition=""))
