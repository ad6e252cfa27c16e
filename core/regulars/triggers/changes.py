"""``enters`` and ``leaves``: a customer's membership of a segment changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, true

from regulars.instants import micros
from regulars.store import tables

from .occasions import Occasions, candidates, misfire_limit

if TYPE_CHECKING:
    from regulars.playbook.journeys import Journey
    from regulars.segments.scope import Scope

    from .occasions import Past


def change_occasions(
    segment: str, journey: Journey, scope: Scope, past: Past, *, entered: bool
) -> Occasions:
    """Changes since the journey's last run; an edit of the definition is none of the customer's.

    With ``existing`` the first run takes all who are inside, and an edit counts.
    """
    if entered and journey.existing and past.first_run is None:
        return _members(segment)
    changes, segments = tables.changes, tables.segments
    since = changes.c.at == micros(scope.now)
    if past.last_run is not None:
        # by number: what a journey sets may change a segment when the same instant is run again
        since = and_(changes.c.id > past.last_change, changes.c.at <= micros(scope.now))
    by_customer = true() if journey.existing else changes.c.by_edit == 0
    found = (
        candidates(changes.c.customer, changes.c.at, changes.c.at)
        .join(segments, segments.c.id == changes.c.segment)
        .where(segments.c.name == segment, changes.c.entered == int(entered), since, by_customer)
    )
    limit = misfire_limit(journey, scope)
    if limit is None:
        return Occasions(found)
    oldest = micros(limit)
    return Occasions(found.where(changes.c.at > oldest), found.where(changes.c.at <= oldest))


def _members(segment: str) -> Occasions:
    members, segments = tables.members, tables.segments
    return Occasions(
        candidates(members.c.customer, members.c.since, members.c.since)
        .join(segments, segments.c.id == members.c.segment)
        .where(segments.c.name == segment)
    )
