"""Limits: until when events are not kept any more, and until when they were rolled up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from regulars.instants import micros
from regulars.store import get_fact, set_fact

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook

_ROLLED_UP = "events.rolled_up_until"


def retention_limit(playbook: Playbook, now: datetime) -> int | None:
    """Events at or before this instant (microseconds) are not kept; None without ``retention``."""
    if playbook.retention is None:
        return None
    try:
        return micros(playbook.retention.events.before(now, playbook.timezone))
    except (ValueError, OverflowError):  # before the calendar begins
        return micros(datetime.min.replace(tzinfo=UTC))


def rolled_up_until(connection: Connection) -> int | None:
    """Until when (microseconds) the store's events were rolled up; None if they never were."""
    until = get_fact(connection, _ROLLED_UP)
    return None if until is None else int(until)


def note_rolled_up(connection: Connection, until: int) -> None:
    """Note that events at or before ``until`` are being rolled up."""
    set_fact(connection, _ROLLED_UP, str(max(until, rolled_up_until(connection) or until)))


def left_out_until(
    connection: Connection, playbook: Playbook, now: datetime, *, first: bool
) -> int | None:
    """Which events of a source are left out while it is loaded: those at or before this instant.

    What is dropped must not come back. What was rolled up would be counted again; on its
    ``first`` load a source has nothing rolled up yet.
    """
    limits = [] if first else [rolled_up_until(connection)]
    if playbook.retention is not None and playbook.retention.then == "drop":
        limits.append(retention_limit(playbook, now))
    return max((limit for limit in limits if limit is not None), default=None)
