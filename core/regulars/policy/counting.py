"""Counting: what a cap counts, and how much of it a customer had before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, and_, case, func, or_, select, true

from regulars.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, FromClause

    from regulars.playbook.playbook import Playbook
    from regulars.playbook.policy import Cap

    from .candidates import Candidates
    from .windows import Windows

GHOST = "holdout"  # why a customer who is held out was not sent what counts for them


def counts(cap: Cap, playbook: Playbook, row: FromClause) -> ColumnElement[bool]:
    """Whether ``cap`` counts the message of ``row``, of deliveries or candidates."""
    tests: list[ColumnElement[bool]] = [true()]
    if cap.channel is not None:
        tests.append(row.c.channel == cap.channel)
    if cap.topic is not None:
        names = [name for name, m in playbook.messages.items() if m.topic == cap.topic]
        tests.append(row.c.message.in_(names))
    return and_(*tests)


def attempted(
    playbook: Playbook, deliveries: FromClause, since: ColumnElement[int]
) -> ColumnElement[bool]:
    """The deliveries that were attempted ``since`` an instant, or are now, and may be capped."""
    return and_(
        deliveries.c.attempts > 0,
        or_(deliveries.c.settled_at >= since, deliveries.c.state == "claimed"),
        deliveries.c.message.not_in(playbook.transactional_messages()),
    )


def counted_before(
    cap: Cap,
    playbook: Playbook,
    deliveries: FromClause,
    since: ColumnElement[int],
    held_out: ColumnElement[bool],
) -> ColumnElement[bool]:
    """The deliveries that ``cap`` counts ``since`` an instant.

    Of customers who are ``held_out``, what they would have been sent.
    """
    ghost = and_(
        held_out,
        deliveries.c.state == "skipped",
        deliveries.c.reason == GHOST,
        deliveries.c.settled_at >= since,
    )
    tried = attempted(playbook, deliveries, since)
    return and_(counts(cap, playbook, deliveries), or_(tried, ghost))


def room_columns(caps: int) -> Iterator[Column[Any]]:
    """A row a customer: what each of ``caps`` counted, and the instant of the oldest."""
    yield Column("customer", BigInteger, primary_key=True, autoincrement=False)
    for place in range(caps):
        yield Column(f"used_{place}", Integer, nullable=False)
        yield Column(f"oldest_{place}", BigInteger)


def sent_before(candidates: Candidates, spans: Sequence[Windows]) -> Any:
    """How many messages each cap counted for each customer before, and when the oldest went."""
    table, deliveries, playbook = candidates.table, tables.deliveries, candidates.scope.playbook
    people = (
        select(table.c.customer, table.c.zone, table.c.held_out)
        .where(candidates.open_marketing)
        .distinct()
        .subquery("people")
    )
    held_out = people.c.held_out == 1
    columns: list[ColumnElement[Any]] = []
    for span in spans:
        begins = span.begins(people.c.zone)
        counted = counted_before(span.cap, playbook, deliveries, begins, held_out)
        columns.append(func.sum(case((counted, 1), else_=0)))
        columns.append(func.min(case((counted, deliveries.c.settled_at))))
    theirs = people.outerjoin(deliveries, deliveries.c.customer == people.c.customer)
    return select(people.c.customer, *columns).select_from(theirs).group_by(people.c.customer)
