"""Consents: a customer's answers about topics, of which the newest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, update

from regulars.store import insert_rows, tables

from .touching import touch_these

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_COLUMNS = ("customer", "topic", "channel", "granted", "at")
_consents = tables.consents
_newer = (
    update(_consents)
    .where(
        _consents.c.customer == bindparam("who"),
        _consents.c.topic == bindparam("about"),
        _consents.c.channel == bindparam("where"),
        or_(
            _consents.c.at < bindparam("said_at"),
            (_consents.c.at == bindparam("said_at")) & (_consents.c.granted > bindparam("said")),
        ),
    )
    .values(granted=bindparam("said"), at=bindparam("said_at"))
)


def answer(connection: Connection, rows: Iterable[tuple[int, str, str, bool, int]]) -> None:
    """Write down answers: customer, topic, channel, whether granted, when (microseconds).

    The newest answer counts, whatever order they come in; of two at the same instant, the no.
    Topic '' is everything but what is transactional, channel '' all channels.
    """
    newest: dict[tuple[int, str, str], tuple[int, int]] = {}
    for customer, topic, channel, granted, at in rows:
        key, said = (customer, topic, channel), (at, int(not granted))
        newest[key] = max(newest.get(key, said), said)
    if not newest:
        return
    touch_these(connection, (customer for customer, *_ in newest))
    flat = [(*key, 1 - no, at) for key, (at, no) in newest.items()]
    insert_rows(connection, _consents, _COLUMNS, flat, skip_existing=True)
    names = ("who", "about", "where", "said", "said_at")
    connection.execute(_newer, [dict(zip(names, row, strict=True)) for row in flat])
