"""Approving: the questions that runs asked about messages, and a person's answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, case, func, select, update

from regulars.errors import StoreError
from regulars.instants import instant, micros
from regulars.policy import content_of
from regulars.store import tables

from .reading import stored

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.loading import Loaded

State = Literal["pending", "approved", "rejected"]


@dataclass(frozen=True)
class Question:
    """May ``message`` go to so many? With the answer, if there is one.

    ``waiting`` messages are held for it now; a yes covers audiences of ``up_to``. ``changed`` says
    that the message is not the one any more that was asked about.
    """

    number: int
    message: str
    state: State
    waiting: int
    up_to: int
    asked: datetime
    answered: datetime | None = None
    by: str | None = None
    note: str | None = None
    changed: bool = False


def questions(loaded: Loaded) -> list[Question]:
    """Every question: those that wait for an answer first, then the newest.

    Raises:
        StoreError: nothing has run yet.
    """
    with stored(loaded) as store, store.reading() as connection:
        return _read(connection, loaded)


def question(loaded: Loaded, which: str | None) -> Question:
    """The question with that number, or the latest about that message; None: the one that waits.

    Raises:
        StoreError: there is none, or several wait.
    """
    return _pick(questions(loaded), which, loaded)


def answer(  # noqa: PLR0913, PLR0917 (what an answer consists of)
    loaded: Loaded, which: str | None, state: State, by: str, now: datetime, note: str | None = None
) -> Question:
    """Record the answer ``state`` of the person ``by``; returns the question as it was.

    Raises:
        StoreError: there is no such question, or the message has changed since it was asked.
    """
    approvals = tables.approvals
    with stored(loaded) as store, store.transaction() as connection:
        asked = _pick(_read(connection, loaded), which, loaded)
        if asked.changed:
            raise StoreError(_changed(asked, loaded))
        connection.execute(
            update(approvals)
            .where(approvals.c.id == asked.number)
            .values(state=state, answered_at=micros(now), answered_by=by, note=note)
        )
    return asked


def sample(loaded: Loaded, message: str) -> tuple[str, str] | None:
    """A customer who waits for ``message``, else the last one it was meant for, and the channel."""
    deliveries, customers = tables.deliveries, tables.customers
    waits = case((_waits(), 0), else_=1)
    query = (
        select(customers.c.key, deliveries.c.channel)
        .join_from(deliveries, customers, customers.c.id == deliveries.c.customer)
        .where(deliveries.c.message == message, deliveries.c.channel.is_not(None))
        .order_by(waits, deliveries.c.id.desc())
        .limit(1)
    )
    with stored(loaded) as store, store.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else (row.key, row.channel)


def _waits() -> Any:
    deliveries = tables.deliveries
    return and_(deliveries.c.state == "held", deliveries.c.reason == "approval")


def _read(connection: Connection, loaded: Loaded) -> list[Question]:
    approvals, deliveries = tables.approvals, tables.deliveries
    waiting = (
        select(func.count())
        .where(_waits(), deliveries.c.message == approvals.c.message)
        .correlate(approvals)
        .scalar_subquery()
    )
    pending = case((approvals.c.state == "pending", 0), else_=1)
    query = select(approvals, waiting.label("waiting")).order_by(pending, approvals.c.id.desc())
    return [_question(row, loaded) for row in connection.execute(query)]


def _question(row: Any, loaded: Loaded) -> Question:
    playbook, plugins = loaded.playbook, loaded.plugins
    there = row.message in playbook.messages
    same = there and content_of(playbook, plugins, row.message) == bytes(row.content)
    return Question(
        number=row.id,
        message=row.message,
        state=row.state,
        waiting=row.waiting,
        up_to=row.audience,
        asked=instant(row.asked_at),
        answered=None if row.answered_at is None else instant(row.answered_at),
        by=row.answered_by,
        note=row.note,
        changed=not same,
    )


def _pick(known: list[Question], which: str | None, loaded: Loaded) -> Question:
    if which is None:
        found = [item for item in known if item.state == "pending"]
        if len(found) > 1:
            names = ", ".join(f"{item.number} ({item.message})" for item in found)
            raise StoreError(f"several messages wait for approval, name one: {names}")
    elif which.isdecimal():
        found = [item for item in known if item.number == int(which)]
    else:
        found = [item for item in known if item.message == which]
    if not found:
        what = "waits for approval" if which is None else f"was asked about '{which}'"
        listed = f"see: regulars approvals list {loaded.playbook.path}"
        raise StoreError(f"nothing {what}; {listed}")
    return found[0]


def _changed(asked: Question, loaded: Loaded) -> str:
    path = loaded.playbook.path
    if asked.message not in loaded.playbook.messages:
        return f"the playbook has no message '{asked.message}' any more, so nothing of it will go"
    return (
        f"'{asked.message}' has changed since it was asked about, so this answer would be to "
        f"another message: run the playbook to be asked again (regulars run {path}), look at it "
        f"(regulars approvals show {path} {asked.message}), then answer"
    )
