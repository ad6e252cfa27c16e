"""Standing: where customers stand in all segments, as bits, so that one look finds who moved.

A segment's bit is told by its number: sixty of them are one word of a customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    case,
    delete,
    func,
    literal,
    select,
    update,
)

from regulars.store import insert_from, update_from
from regulars.store.tables import Id, members, segments, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Table

BITS = 60  # segments in one word, of the 63 bits that a BIGINT has
ALL = (1 << BITS) - 1


@dataclass(frozen=True)
class Bit:
    """A segment's place in the words of customers."""

    word: int
    value: int

    @classmethod
    def of(cls, segment: int) -> Bit:
        """The bit of the segment with this number."""
        word, place = divmod(segment, BITS)
        return cls(word, 1 << place)

    def set_in(self, bits: ColumnElement[int]) -> ColumnElement[bool]:
        """True where it is set."""
        return bits.bitwise_and(literal(self.value, BigInteger)) != 0


def of_word(word: int) -> ColumnElement[bool]:
    """What joins a customer's word to them, besides their number."""
    column: ColumnElement[int] = standing.c.word
    return column == word


def before() -> ColumnElement[int]:
    """A customer's bits; none where they stand in no segment."""
    return func.coalesce(standing.c.bits, literal(0, BigInteger))


def after(tests: Sequence[tuple[Bit, ColumnElement[bool]]]) -> ColumnElement[int]:
    """A customer's bits once those of ``tests`` say what the tests do."""
    kept = ALL & ~sum(bit.value for bit, _ in tests)
    bits: ColumnElement[int] = before().bitwise_and(literal(kept, BigInteger))
    for bit, test in tests:
        bits += case((test, literal(bit.value, BigInteger)), else_=literal(0, BigInteger))
    return bits


def moved_columns() -> list[Column[Any]]:
    """The columns of a table of those who moved: their bits before and after."""
    key = Column("customer", Id, primary_key=True, autoincrement=False)
    return [key, *(Column(name, BigInteger, nullable=False) for name in ("before", "after"))]


def find_moved(
    connection: Connection, moved: Table, people: Select[Any], bits: ColumnElement[int]
) -> int:
    """Fill ``moved`` with those of ``people`` whose ``bits`` are others now; how many they are."""
    now = people.add_columns(before().label("before"), bits.label("after")).subquery("now")
    others = select(now).where(now.c.before != now.c.after)
    return insert_from(connection, moved, ["customer", "before", "after"], others)


def settle(connection: Connection, moved: Table, word: int) -> None:
    """Write down where those in ``moved`` stand now."""
    now = {"bits": moved.c.after}
    update_from(connection, standing.c.customer, moved.c.customer, now, of_word(word))
    rows = select(literal(word), moved.c.customer, moved.c.after).where(moved.c.before == 0)
    columns = ["word", "customer", "bits"]
    insert_from(connection, standing, columns, rows, skip_existing=True)


def clear(connection: Connection, gone: Iterable[int]) -> None:
    """Let nobody stand in the segments with these numbers."""
    for bit in map(Bit.of, gone):
        bits = standing.c.bits.bitwise_and(literal(ALL & ~bit.value, BigInteger))
        connection.execute(update(standing).where(of_word(bit.word)).values(bits=bits))


def restore(connection: Connection) -> None:
    """Tell everybody's bits by the members."""
    connection.execute(delete(standing))
    words: dict[int, list[int]] = {}
    for segment in connection.scalars(select(segments.c.id).order_by(segments.c.id)):
        words.setdefault(Bit.of(segment).word, []).append(segment)
    for word, numbers in words.items():
        whens = ((members.c.segment == n, literal(Bit.of(n).value, BigInteger)) for n in numbers)
        bits = func.sum(case(*whens, else_=literal(0, BigInteger)))
        mine = members.c.segment.in_(numbers)
        rows = select(literal(word), members.c.customer, bits).where(mine)
        columns = ["word", "customer", "bits"]
        insert_from(connection, standing, columns, rows.group_by(members.c.customer))
