"""One customer's story: profile, traits, segments, events, journeys, messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.customers.profiles import profiles
from regulars.store import of_any_name, tables

from .glimpse import customer_number, glimpse
from .rows import rows_with_times

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from regulars.playbook.loading import Loaded

LATEST = 50  # events


def customer_story(loaded: Loaded, key: str) -> dict[str, Any]:
    """All that the last run knew of the customer ``key``, in the order it happened.

    Raises:
        StoreError: no such customer, or nothing has run yet.
    """
    with glimpse(loaded, None) as seen, seen.store.transaction() as connection:
        number = customer_number(connection, key)
        profile = profiles(connection, seen.scope, [number])[number]
        return {
            "profile": profile.customer,
            "traits": profile.traits,
            "segments": rows_with_times(connection, _segments(number)),
            "events": _events(connection, number),
            "journeys": rows_with_times(connection, _entries(number)),
            "messages": rows_with_times(connection, _deliveries(number)),
        }


def _segments(number: int) -> Select[Any]:
    members, segments = tables.members, tables.segments
    return (
        select(segments.c.name.label("segment"), members.c.since)
        .join(segments, segments.c.id == members.c.segment)
        .where(members.c.customer == number)
        .order_by(segments.c.name)
    )


def _events(connection: Connection, number: int) -> list[dict[str, Any]]:
    events, names = tables.events, tables.event_names
    query = (
        select(events.c.time, names.c.name.label("event"), events.c.properties)
        .join(names, names.c.id == events.c.name)
        .where(of_any_name(events), events.c.customer == number)
        .order_by(events.c.time.desc(), events.c.id.desc())
        .limit(LATEST)
    )
    rows = rows_with_times(connection, query)[::-1]
    return [row | {"properties": json.loads(row["properties"] or "{}")} for row in rows]


def _entries(number: int) -> Select[Any]:
    entries = tables.entries
    return (
        select(
            entries.c.journey,
            entries.c.entered_at,
            entries.c.state,
            entries.c.reason,
            entries.c.ended_at,
        )
        .where(entries.c.customer == number)
        .order_by(entries.c.id)
    )


def _deliveries(number: int) -> Select[Any]:
    deliveries = tables.deliveries
    return (
        select(
            deliveries.c.message,
            deliveries.c.journey,
            deliveries.c.channel,
            deliveries.c.address,
            deliveries.c.state,
            deliveries.c.reason,
            deliveries.c.detail,
            deliveries.c.settled_at,
        )
        .where(deliveries.c.customer == number)
        .order_by(deliveries.c.id)
    )
