"""What is remembered of a journey from run to run: when it ran, its steps, what it looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from regulars.instants import instant
from regulars.playbook.journeys import WaitFor
from regulars.store import tables
from regulars.triggers import Past
from regulars.values import jsonable

from .program import program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from regulars.playbook.conditions import Condition
    from regulars.playbook.journeys import Journey


@dataclass(frozen=True)
class Memory:
    """A journey as it last ran.

    ``after`` gives each step the one behind it, in order; ``conditions`` is what its goal, its
    ``exit_when`` and its steps that wait for something said.
    """

    past: Past = field(default_factory=Past)
    after: Mapping[str, str | None] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)


def recall(connection: Connection, name: str) -> Memory:
    """What is remembered of the journey ``name``; nothing of one that never ran."""
    journeys = tables.journeys
    row = connection.execute(select(journeys).where(journeys.c.name == name)).one_or_none()
    if row is None:
        return Memory()
    runs = instant(row.first_run), instant(row.last_run)
    past = Past(*runs, row.last_event, row.last_change)
    return Memory(past, **(json.loads(row.program) if row.program else {}))


def remember(connection: Connection, name: str, journey: Journey, zone: ZoneInfo, now: int) -> None:
    """Keep ``journey`` as it ran at ``now``, and the newest that it has seen."""
    journeys = tables.journeys
    values = {
        "last_run": now,
        "last_event": connection.scalar(select(func.max(tables.events.c.id))) or 0,
        "last_change": connection.scalar(select(func.max(tables.changes.c.id))) or 0,
        "program": json.dumps({"after": followers(journey), "conditions": looks(journey, zone)}),
    }
    done = connection.execute(update(journeys).where(journeys.c.name == name).values(values))
    if done.rowcount == 0:
        row = {"name": name, "first_run": now, **values}
        connection.execute(insert(journeys).values(row))


def followers(journey: Journey) -> dict[str, str | None]:
    """Each step with the one behind it, in the order in which they are done."""
    return {step.id: step.after for step in program(journey)}


def looks(journey: Journey, zone: ZoneInfo) -> dict[str, Any]:
    """What ``journey`` looks at on every run; local times in it are those of ``zone``."""
    return {
        name: {zone.key: jsonable(condition.model_dump(by_alias=True, exclude_defaults=True))}
        for name, condition in _conditions(journey)
    }


def _conditions(journey: Journey) -> Iterator[tuple[str, Condition]]:
    for word, condition in (("goal", journey.goal), ("exit_when", journey.exit_when)):
        if condition is not None:
            yield word, condition
    for step in program(journey):
        if isinstance(step.step, WaitFor):
            yield f"steps.{step.id}", step.step.wait_for
