"""Settling: a person says what became of messages of which nobody knows whether they went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, update

from regulars.batches import batches
from regulars.errors import StoreError
from regulars.store import hold, tables

from .reading import stored

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.loading import Loaded

Word = Literal["sent", "failed", "again"]

REASON = "resolved"  # of a message that failed by a person's word
AT_ONCE = 500
_SAID = {
    "sent": "it was sent",
    "failed": "it was not sent",
    "again": "it is to be sent again",
}


def resolve(loaded: Loaded, ids: Collection[int], word: Word, who: str, now: datetime) -> int:
    """Settle the unknown messages with these numbers by the word of ``who``; how many.

    ``sent`` and ``failed`` end them; ``again`` plans one more attempt, which the next run decides
    anew. It is all of them or none.

    Raises:
        StoreError: one of them is not there, or not unknown.
        BusyError: a run holds this playbook.
    """
    chosen = sorted(set(ids))
    said = f"{who} said on {now:%Y-%m-%d %H:%M} UTC that {_SAID[word]}"
    with stored(loaded) as store, hold(store.url), store.transaction() as connection:
        _refuse_others(connection, chosen)
        deliveries = tables.deliveries
        for batch in batches(chosen, AT_ONCE):
            some = deliveries.c.id.in_(batch)
            connection.execute(update(deliveries).where(some).values(_settled(word, said)))
    return len(chosen)


def _settled(word: Word, said: str) -> dict[str, Any]:
    """The columns as ``word`` leaves them.

    The fence grows, so that an answer which comes after all is refused. When it was attempted is
    kept where it was: caps count from there.
    """
    values: dict[str, Any] = {"detail": said, "fence": tables.deliveries.c.fence + 1}
    match word:
        case "sent":
            return values | {"state": "sent", "reason": None}
        case "failed":
            return values | {"state": "failed", "reason": REASON}
    undecided = dict.fromkeys(("reason", "decided_by", "settled_at", "hold_until"))
    return values | undecided | {"state": "planned"}


def _refuse_others(connection: Connection, ids: Collection[int]) -> None:
    """Refuse all when one of ``ids`` is no unknown message."""
    states: dict[int, str] = {}
    deliveries = tables.deliveries
    for batch in batches(ids, AT_ONCE):
        some = deliveries.c.id.in_(batch)
        rows = connection.execute(select(deliveries.c.id, deliveries.c.state).where(some))
        states |= {row.id: row.state for row in rows}
    found = {id_: states.get(id_, "not there") for id_ in ids}
    wrong = [f"{id_} is {state}" for id_, state in found.items() if state != "unknown"]
    if wrong:
        raise StoreError(
            f"only unknown messages can be resolved, and {', '.join(wrong)}; nothing was changed. "
            "List them: regulars deliveries PLAYBOOK --unknown"
        )
