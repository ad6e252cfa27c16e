"""Touching: marks customers of whom something changed that no new event tells.

New events are known by their numbers. What else a trait or a segment may hang on is marked by
whoever changes it, in the same transaction, so that a crash leaves both or neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, func, literal, select

from regulars.store import get_fact, insert_from, insert_rows, set_fact, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Select

AT_ONCE = 0  # the instant of a mark that every run has passed
_SEEN = "traits.last_event"


def touch(connection: Connection, who: Select[Any]) -> None:
    """Mark the customers whose numbers ``who`` selects."""
    column = who.selected_columns[0]
    rows = who.with_only_columns(column, literal(AT_ONCE, BigInteger)).distinct()
    insert_from(connection, tables.touched, ["customer", "at"], rows)


def touch_these(connection: Connection, customers: Iterable[int]) -> None:
    """Mark the customers with these numbers."""
    rows = ((customer, AT_ONCE) for customer in sorted(set(customers)))
    insert_rows(connection, tables.touched, ["customer", "at"], rows)


def last_seen(connection: Connection) -> int:
    """The number of the newest event that traits were computed of; 0 if there was none."""
    return int(get_fact(connection, _SEEN) or 0)


def remember_seen(connection: Connection, event: int) -> None:
    """Keep ``event`` as the newest that traits were computed of."""
    set_fact(connection, _SEEN, str(event))


def take_back_seen(connection: Connection) -> None:
    """Let numbers that are given a second time count as new; SQLite does so with the newest."""
    newest = connection.scalar(select(func.max(tables.events.c.id))) or 0
    if last_seen(connection) > newest:
        remember_seen(connection, newest)
