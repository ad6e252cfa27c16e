"""Membership: who is inside each segment now, and who entered or left since the last run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from regulars.instants import micros
from regulars.store import insert_from, temporary
from regulars.store.tables import changes, customers, segments, standing
from regulars.store.tables import members as members_table

from .definitions import definition
from .evaluated import Evaluated
from .moving import for_everybody, who_may_move
from .standing import Bit, after, clear, find_moved, moved_columns, of_word, restore, settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Select, Table

    from regulars.store import Store

    from .scope import Scope


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

    @property
    def bit(self) -> Bit:
        """Its place in the words of customers."""
        return Bit.of(self.id)


@dataclass(frozen=True)
class _Counts:
    """How many came and went, by the number of the segment."""

    entered: Counter[int] = field(default_factory=Counter)
    left: Counter[int] = field(default_factory=Counter)


def refresh_segments(store: Store, scope: Scope) -> dict[str, SegmentCount]:
    """Bring every segment to ``scope.now``, as far as traits are; the counts by segment.

    They are evaluated for customers who may have come or gone, see ``moving.py``.
    Changes are recorded with that instant, and with ``by_edit`` where the segment was not there
    before or had another definition. At one instant a second call changes nothing.
    """
    with store.transaction() as connection:
        known = _recorded(connection, scope)
        before, now = Evaluated.recall(connection), Evaluated.of(connection, scope)
        if before is None:
            restore(connection)
        went = _Counts()
        for word, some in _by_word(known).items():
            for batch, whose in _tasks(scope, some, before, now):
                _evaluate(connection, scope, word, batch, whose, went)
        _retire(connection, [segment.id for segment in known])
        now.remember(connection)
        inside = _inside(connection)
    return {
        segment.name: SegmentCount(
            inside.get(segment.id, 0), went.entered[segment.id], went.left[segment.id]
        )
        for segment in known
    }


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


def _by_word(known: Sequence[_Segment]) -> dict[int, list[_Segment]]:
    words: dict[int, list[_Segment]] = {}
    for segment in known:
        words.setdefault(segment.bit.word, []).append(segment)
    return words


def _tasks(
    scope: Scope, known: Sequence[_Segment], before: Evaluated | None, now: Evaluated
) -> Iterator[tuple[list[_Segment], Select[Any]]]:
    """Which segments to evaluate, and a SELECT of the customers to evaluate them for."""
    people = select(scope.customer).select_from(scope.people)
    if before is None:
        yield list(known), people
        return
    everybody = [segment for segment in known if _for_everybody(scope, segment, before, now)]
    if everybody:
        yield everybody, people
    others = [segment for segment in known if segment not in everybody]
    if others:
        names = [segment.name for segment in others]
        for some in who_may_move(scope, names, before, now):
            yield others, some


def _for_everybody(scope: Scope, segment: _Segment, before: Evaluated, now: Evaluated) -> bool:
    """Whether anybody may have come to ``segment`` or left it."""
    if segment.edited or before.under != now.under or now.refresh < before.refresh:
        return True
    return for_everybody(scope.playbook, segment.name)


def _evaluate(  # noqa: PLR0913, PLR0917 (what is evaluated, where, and for whom)
    connection: Connection,
    scope: Scope,
    word: int,
    batch: Sequence[_Segment],
    whose: Select[Any],
    went: _Counts,
) -> None:
    """Evaluate segments of one word for the customers ``whose``; bring members to what stands."""
    mine = and_(standing.c.customer == scope.customer, of_word(word))
    people = whose.outerjoin(standing, mine)
    tests = [(each.bit, scope.condition(scope.playbook.segments[each.name])) for each in batch]
    with temporary(connection, "moved", *moved_columns()) as moved:
        if not find_moved(connection, moved, people, after(tests)):
            return
        for segment in batch:
            _apply(connection, scope, segment, moved, went)
        settle(connection, moved, word)


def _apply(
    connection: Connection, scope: Scope, segment: _Segment, moved: Table, went: _Counts
) -> None:
    """Bring the members of one segment to what stands, and record who came and went."""
    was, stands = segment.bit.set_in(moved.c.before), segment.bit.set_in(moved.c.after)
    now = micros(scope.now)
    leaving = select(moved.c.customer).where(was, ~stands)
    entering = select(moved.c.customer).where(stands, ~was)
    left = _record(connection, segment, now, 0, leaving)
    entered = _record(connection, segment, now, 1, entering)
    if left:
        gone = members_table.c.customer.in_(leaving)
        here = members_table.c.segment == segment.id
        connection.execute(delete(members_table).where(here, gone))
    if entered:
        rows = entering.with_only_columns(
            literal(segment.id), moved.c.customer, literal(now, BigInteger)
        )
        insert_from(connection, members_table, ["segment", "customer", "since"], rows)
    went.left[segment.id] += left
    went.entered[segment.id] += entered


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


def _inside(connection: Connection) -> dict[int, int]:
    """How many members each segment has, by its number."""
    member = members_table.c
    counts = select(member.segment, func.count()).group_by(member.segment)
    return {row[0]: row[1] for row in connection.execute(counts)}


def _retire(connection: Connection, known: Sequence[int]) -> None:
    """Empty the segments that the playbook no longer has; nobody left them by what they did.

    The row stays, so that its number is never another segment's; coming back counts as an edit.
    """
    gone = and_(segments.c.id.not_in(known), segments.c.definition != "")
    retired = list(connection.scalars(select(segments.c.id).where(gone)))
    if retired:
        connection.execute(delete(members_table).where(members_table.c.segment.in_(retired)))
        clear(connection, retired)
        connection.execute(update(segments).where(gone).values(definition=""))
