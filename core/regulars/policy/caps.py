"""Caps: how many messages a customer gets in a window, the most important first.

What was attempted counts; of customers who are held out, what they would have been sent. Messages
are let through in rounds, one a customer, each only if every cap that counts it has room. What will
be a duplicate takes none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    update,
)

from regulars.store import insert_from, temporary

from .counting import counts, room_columns, sent_before
from .duplicates import repeating, sharing
from .windows import Windows, windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from .candidates import Candidates

_UNKNOWN = 2**62  # later than any instant


def cap(connection: Connection, candidates: Candidates) -> None:
    """``cap``: the customer had as many as the caps allow; dropped, or held until there is room."""
    caps = candidates.scope.playbook.policy.caps
    if not caps:
        return
    zones = candidates.zones(connection)
    if not zones:
        return
    spans = windows(caps, candidates.scope, zones)
    with (
        temporary(connection, "room", *room_columns(len(caps))) as room,
        temporary(connection, "shared", _delivery()) as shared,
    ):
        names = ("customer", *(column.name for column in room.columns if column.name != "customer"))
        insert_from(connection, room, names, sent_before(candidates, spans))
        some = insert_from(connection, shared, ("delivery",), sharing(candidates))
        _Rounds(connection, candidates, room, spans, shared if some else None).go()


def _delivery() -> Column[int]:
    return Column("delivery", BigInteger, primary_key=True, autoincrement=False)


class _Rounds:
    """Lets messages through, the first of each customer at a time."""

    def __init__(
        self,
        connection: Connection,
        candidates: Candidates,
        room: Table,
        spans: Sequence[Windows],
        shared: Table | None,
    ) -> None:
        self.connection = connection
        self.candidates = candidates
        self.room = room
        self.spans = spans
        self.table = candidates.table
        playbook = candidates.scope.playbook
        self.counted = [counts(span.cap, playbook, self.table) for span in spans]
        self.waiting = and_(
            candidates.open_marketing, self.table.c.turn.is_(None), or_(*self.counted)
        )
        self.theirs = self.table.c.customer == room.c.customer
        self.dropped, self.held = self._full("drop"), self._full("hold")
        self.needs = self._needs_room(shared)

    def go(self) -> None:
        """Rounds until nothing is left, then until when the held ones wait."""
        turn = 0
        while True:
            turn += 1
            self._refuse_what_has_no_room_any_more()
            if not self._take_turns(turn):
                break
            self._refuse(turn)
            self._use_room(turn)
        self._say_until_when()

    def _full(self, then: str) -> ColumnElement[bool]:
        """Whether a cap of this kind that counts the message has no room."""
        tests = (
            and_(counted, self.room.c[f"used_{place}"] >= span.cap.at_most)
            for place, (span, counted) in enumerate(zip(self.spans, self.counted, strict=True))
            if span.cap.then == then
        )
        return or_(false(), *tests)

    def _refuse_what_has_no_room_any_more(self) -> None:
        """Room only shrinks, so what has none now needn't wait for its turn.

        A message that a cap would drop later is not held yet.
        """
        pairs = zip(self.spans, self.counted, strict=True)
        droppable = or_(false(), *(counted for span, counted in pairs if span.cap.then == "drop"))
        self._decide(or_(self.dropped, and_(self.held, ~droppable)), self.waiting)

    def _refuse(self, turn: int) -> None:
        self._decide(self.held, self.candidates.open, self.table.c.turn == turn)

    def _decide(self, full: ColumnElement[bool], *where: ColumnElement[bool]) -> None:
        state = case((self.dropped, "skipped"), else_="held")
        refused = update(self.table).where(*where, self.theirs, full)
        self.connection.execute(refused.values(state=state, reason="cap"))

    def _take_turns(self, turn: int) -> int:
        """The first waiting message of each customer; how many that are."""
        table = self.table
        place = func.row_number().over(
            partition_by=table.c.customer,
            order_by=[table.c.priority.desc(), table.c.due_at, table.c.delivery],
        )
        ranked = select(table.c.delivery, place.label("place")).where(self.waiting).subquery()
        first = select(ranked.c.delivery).where(ranked.c.place == 1)
        taken = update(table).where(table.c.delivery.in_(first)).values(turn=turn)
        return self.connection.execute(taken).rowcount

    def _use_room(self, turn: int) -> None:
        used = {
            f"used_{place}": self.room.c[f"used_{place}"] + case((counted, 1), else_=0)
            for place, counted in enumerate(self.counted)
        }
        through = and_(self.theirs, self.candidates.open, self.table.c.turn == turn, self.needs)
        self.connection.execute(update(self.room).where(through).values(used))

    def _needs_room(self, shared: Table | None) -> ColumnElement[bool]:
        """Whether a message goes once it is let through, or would if they were not held out."""
        table = self.table
        again = (
            false() if shared is None else table.c.delivery.in_(repeating(self.candidates, shared))
        )
        return or_(table.c.held_out == 1, and_(table.c.went.is_(None), ~again))

    def _say_until_when(self) -> None:
        """A held message waits for the last of the caps that it waits for."""
        table, until = self.table, self.table.c.hold_until
        held = and_(table.c.state == "held", table.c.reason == "cap", self.theirs)
        for place, (span, counted) in enumerate(zip(self.spans, self.counted, strict=True)):
            if span.cap.then == "hold":
                full = self.room.c[f"used_{place}"] >= span.cap.at_most
                ends = self._ends(place, span)
                later = or_(until.is_(None), until < ends)
                self.connection.execute(
                    update(table).where(held, counted, full, later).values(hold_until=ends)
                )
        unknown = update(table).where(until == _UNKNOWN)
        self.connection.execute(unknown.values(hold_until=None))

    def _ends(self, place: int, span: Windows) -> ColumnElement[int]:
        """When the cap has room again.

        A rolling window has it when its oldest message leaves, unless an edit of the cap left more
        in it than it now allows.
        """
        used, oldest = self.room.c[f"used_{place}"], self.room.c[f"oldest_{place}"]
        first = func.coalesce(oldest, literal(self.candidates.now, BigInteger))
        ends = span.ends(self.table.c.zone, first)
        unknown = literal(_UNKNOWN, BigInteger)
        if ends is None:
            return unknown
        if isinstance(span.cap.per, str):
            return ends
        return case((used == span.cap.at_most, ends), else_=unknown)
