"""``at`` and ``schedule``: broadcasts to a segment by the clock, each occurrence once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cronsim import CronSim
from sqlalchemy import Select, literal, union_all

from regulars.instants import micros
from regulars.store import tables
from regulars.store.tables import Instant

from .occasions import GRACE, Occasions, Occurrence, candidates, misfire_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import Any

    from regulars.playbook.journeys import Journey
    from regulars.playbook.triggers import AtTrigger, ScheduleTrigger
    from regulars.segments.scope import Scope

    from .occasions import Past

MOST = 1000  # occurrences that one run looks at: the newest


def at_occasions(
    trigger: AtTrigger, journey: Journey, scope: Scope, recorded: frozenset[int]
) -> Occasions:
    """The one instant, if it has come and was not dealt with yet."""
    instant = trigger.at.at(scope.zone)
    due = [instant] if instant <= scope.now else []
    return _broadcast(trigger.segment, due, journey, scope, recorded)


def schedule_occasions(
    trigger: ScheduleTrigger,
    journey: Journey,
    scope: Scope,
    past: Past,
    recorded: frozenset[int],
) -> Occasions:
    """The occurrences since the journey's last run, in the playbook's time.

    An occurrence in the hour that autumn repeats fires once; one in the hour that spring skips
    fires at the end of the gap.
    """
    start = past.last_run or _limit(journey, scope)
    due = list(_occurrences(trigger.schedule, start, scope))[-MOST:]
    return _broadcast(trigger.segment, due, journey, scope, recorded)


def _occurrences(expression: str, start: datetime, scope: Scope) -> Iterator[datetime]:
    """Instants in (start, now]."""
    for local in CronSim(expression, start.astimezone(scope.zone)):
        if local > scope.now:
            return
        yield local


def _limit(journey: Journey, scope: Scope) -> datetime:
    return misfire_limit(journey, scope) or scope.now - GRACE


def _broadcast(
    segment: str,
    due: Iterable[datetime],
    journey: Journey,
    scope: Scope,
    recorded: frozenset[int],
) -> Occasions:
    limit = _limit(journey, scope)
    new = [instant for instant in due if micros(instant) not in recorded]
    occurrences = tuple(Occurrence(instant, missed=instant <= limit) for instant in new)
    fired = [_members_for(segment, item.at) for item in occurrences if not item.missed]
    found = union_all(*fired).subquery("fired").select() if fired else None
    return Occasions(found, occurrences=occurrences)


def _members_for(segment: str, instant: datetime) -> Select[Any]:
    members, segments = tables.members, tables.segments
    return (
        candidates(
            members.c.customer, literal(str(micros(instant))), literal(micros(instant), Instant)
        )
        .join(segments, segments.c.id == members.c.segment)
        .where(segments.c.name == segment)
    )
