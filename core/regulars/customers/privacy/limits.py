"""Limits: until when events are not kept any more, nor loaded again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from regulars.instants import micros
from regulars.store import rolled_up_until

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook


def retention_limit(playbook: Playbook, now: datetime) -> int | None:
    """Events at or before this instant (microseconds) are not kept; None without ``retention``."""
    if playbook.retention is None:
        return None
    try:
        return micros(playbook.retention.events.before(now, playbook.timezone))
    except (ValueError, OverflowError):  # before the calendar begins
        return micros(datetime.min.replace(tzinfo=UTC))


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
