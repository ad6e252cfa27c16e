"""Approvals: a person agrees to a message, to what it says and to how many it goes to.

The answer covers a content and the audiences up to the top of a bucket (1, 2, 5, 10, 20, 50 …).
Any edit, and a larger audience, asks again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, select

from regulars.playbook.messages import Approve
from regulars.store import tables

from .contents import content_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from regulars.playbook.messages import Message

    from .candidates import Candidates


def bucket(audience: int) -> int:
    """The largest audience that an answer for ``audience`` covers."""
    tens = int("1" + "0" * (len(str(audience)) - 1))
    return next(top for top in (tens, 2 * tens, 5 * tens, 10 * tens) if top >= audience)


def approval(connection: Connection, candidates: Candidates) -> None:
    """``approval``: a person has to agree first; held until one does, skipped where one doesn't."""
    scope, table = candidates.scope, candidates.table
    for name, audience in _audiences(connection, candidates).items():
        if not _needs(scope.playbook.messages[name], audience):
            continue
        content = content_of(scope.playbook, scope.plugins, name)
        answer = _answer(connection, name, content, audience)
        if answer == "rejected":
            candidates.skip(connection, "approval", table.c.message == name)
        elif answer != "approved":
            candidates.hold(connection, "approval", table.c.message == name)
        if answer is None:
            _ask(connection, name, content, bucket(audience), candidates.now)


def _audiences(connection: Connection, candidates: Candidates) -> dict[str, int]:
    """How many each message would go to, without those who are held out."""
    table = candidates.table
    size = func.sum(1 - table.c.held_out)
    query = select(table.c.message, size).where(candidates.open).group_by(table.c.message)
    return {name: int(number) for name, number in connection.execute(query)}


def _needs(message: Message, audience: int) -> bool:
    if isinstance(message.approve, Approve):
        return audience > message.approve.above
    return message.approve


def _answer(connection: Connection, name: str, content: bytes, audience: int) -> str | None:
    """The answer that covers this, ``pending`` if it is asked for already, else None.

    A yes to so many counts, whatever was said to other sizes.
    """
    approvals = tables.approvals
    covering = select(approvals.c.state).where(
        approvals.c.message == name,
        approvals.c.content == content,
        approvals.c.audience >= audience,
    )
    states = set(connection.scalars(covering))
    return next((s for s in ("approved", "rejected", "pending") if s in states), None)


def _ask(connection: Connection, name: str, content: bytes, audience: int, now: int) -> None:
    """Ask a person; what was asked about the message before is not the question any more."""
    approvals = tables.approvals
    open_ = and_(approvals.c.message == name, approvals.c.state == "pending")
    connection.execute(delete(approvals).where(open_))
    row = {"message": name, "content": content, "audience": audience}
    connection.execute(insert(approvals).values(**row, state="pending", asked_at=now))
