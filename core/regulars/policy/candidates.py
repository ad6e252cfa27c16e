"""Candidates: the messages that a run decides on, in a table that carries each one's verdict."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    SmallInteger,
    and_,
    case,
    literal,
    select,
    update,
)

from regulars.customers.zones import zone_name
from regulars.experiments import held_out
from regulars.instants import micros, zone_of
from regulars.store import insert_from, tables, temporary
from regulars.store.tables import Name, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Connection, Table

    from regulars.segments.scope import Scope

OPEN = ("planned", "held")  # what every run decides anew


@dataclass(frozen=True)
class Candidates:
    """The messages to be decided: a row of ``table`` each, ``planned`` while nothing is against it.

    ``transactional`` and ``held_out`` are 1 or 0, ``zone`` is the name of the customer's zone,
    ``folded`` the address as it is compared, ``went`` 1 where that had the step lately, ``turn``
    the round in which the caps looked at it.
    """

    table: Table
    scope: Scope
    run: int

    @property
    def now(self) -> int:
        """The run's instant in microseconds."""
        return micros(self.scope.now)

    @property
    def open(self) -> ColumnElement[bool]:
        """Those that nothing speaks against yet."""
        return self.table.c.state == "planned"

    @property
    def undecided(self) -> ColumnElement[bool]:
        """Those, and what waits."""
        return self.table.c.state.in_(OPEN)

    @property
    def marketing(self) -> ColumnElement[bool]:
        """Those that are not about something that the customer asked for."""
        return self.table.c.transactional == 0

    @property
    def open_marketing(self) -> ColumnElement[bool]:
        """Those that are both."""
        return and_(self.open, self.marketing)

    def distinct(
        self, connection: Connection, *columns: str, where: ColumnElement[bool]
    ) -> list[Any]:
        """The different rows of ``columns`` among those ``where``."""
        query = select(*(self.table.c[column] for column in columns)).where(where).distinct()
        return list(connection.execute(query.order_by(*columns)))

    def zones(self, connection: Connection) -> dict[str, ZoneInfo]:
        """The zones of customers with open marketing messages, by their names in ``zone``."""
        names = self.distinct(connection, "zone", where=self.open_marketing)
        return {name: zone_of(name, self.scope.zone) for (name,) in names}

    def skip(self, connection: Connection, reason: str, *where: ColumnElement[bool]) -> None:
        """Decide against those that are open and ``where``."""
        found = update(self.table).where(self.open, *where)
        connection.execute(found.values(state="skipped", reason=reason))

    def hold(
        self,
        connection: Connection,
        reason: str,
        *where: ColumnElement[bool],
        until: int | None = None,
    ) -> None:
        """Let those that are open and ``where`` wait; ``until`` is in microseconds, if known."""
        found = update(self.table).where(self.open, *where)
        connection.execute(found.values(state="held", reason=reason, hold_until=until))


@contextmanager
def gathered(connection: Connection, scope: Scope, run: int) -> Iterator[Candidates | None]:
    """Every message that is planned or held; None if there is none."""
    deliveries = tables.deliveries
    waiting = select(deliveries.c.id).where(deliveries.c.state.in_(OPEN)).limit(1)
    if connection.scalar(waiting) is None:
        yield None
        return
    with temporary(connection, "candidates", *_columns()) as table:
        insert_from(connection, table, _FILLED, _select(scope))
        yield Candidates(table, scope, run)


_FROM_DELIVERY = ("customer", "journey", "step", "message", "entry", "due_at")
_FILLED = ("delivery", *_FROM_DELIVERY, "priority", "transactional", "held_out", "zone", "state")


def _columns() -> Iterator[Column[Any]]:
    yield Column("delivery", BigInteger, primary_key=True, autoincrement=False)
    yield Column("customer", BigInteger, nullable=False)
    for name in ("journey", "step", "message"):
        yield Column(name, Name, nullable=False)
    yield Column("entry", BigInteger, nullable=False)
    yield Column("due_at", BigInteger, nullable=False)
    yield Column("priority", Integer, nullable=False)
    yield Column("transactional", SmallInteger, nullable=False)
    yield Column("held_out", SmallInteger, nullable=False)
    yield Column("zone", Name, nullable=False)
    yield Column("channel", Name)
    yield Column("address", Value)
    yield Column("folded", Value)
    yield Column("went", SmallInteger)
    yield Column("turn", Integer)
    yield Column("state", Name, nullable=False)
    yield Column("reason", Name)
    yield Column("hold_until", BigInteger)


def _select(scope: Scope) -> Any:
    deliveries, customers, playbook = tables.deliveries, scope.tables.customers, scope.playbook
    priorities = {name: j.priority for name, j in playbook.journeys.items() if j.priority}
    transactional = dict.fromkeys(playbook.transactional_messages(), 1)
    joined = deliveries.outerjoin(customers, customers.c.id == deliveries.c.customer)
    return (
        select(
            deliveries.c.id,
            *(deliveries.c[name] for name in _FROM_DELIVERY),
            _by_name(deliveries.c.journey, priorities),
            _by_name(deliveries.c.message, transactional),
            case((held_out(scope), 1), else_=0),
            zone_name(scope.tables, scope.zone),
            literal("planned", Name),
        )
        .select_from(joined)
        .where(deliveries.c.state.in_(OPEN))
    )


def _by_name(column: ColumnElement[str], numbers: Mapping[str, int]) -> ColumnElement[int]:
    """The number of each name, 0 for the others."""
    if not numbers:
        return literal(0, Integer)
    return case(*((column == name, number) for name, number in numbers.items()), else_=0)


def write_down(connection: Connection, candidates: Candidates) -> None:
    """Give every message of the ledger that was decided on its decision.

    One that somebody claimed meanwhile (``regulars work``) is theirs.
    """
    deliveries, table = tables.deliveries, candidates.table
    decided = table.c.state != "planned"
    skipped = table.c.state == "skipped"
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == table.c.delivery, deliveries.c.state.in_(OPEN))
        .values(
            state=table.c.state,
            reason=table.c.reason,
            channel=table.c.channel,
            address=table.c.address,
            hold_until=table.c.hold_until,
            decided_by=case((decided, candidates.run)),
            settled_at=case((skipped, candidates.now)),
        )
    )
