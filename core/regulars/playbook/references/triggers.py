"""What triggers name: events, segments, dates; and whether a schedule ever comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import singledispatch
from typing import Any

from cronsim import CronSim, CronSimError

from regulars.errors import Problem
from regulars.playbook.positions import Path
from regulars.playbook.triggers import (
    AtTrigger,
    DateTrigger,
    EntersTrigger,
    EventTrigger,
    InactiveTrigger,
    LeavesTrigger,
    ScheduleTrigger,
)

from .conditions import check_where
from .fitting import Typed
from .known import Known

ANY_DAY = datetime(2001, 1, 1, tzinfo=UTC)  # only whether the expression can be read matters
FIELDS = 5  # words of a cron expression; one more would be seconds


def check_triggers(known: Known) -> Iterator[Problem]:
    """The trigger of every journey."""
    for name, journey in known.draft.parts["journeys"].items():
        yield from _check(journey.when, ("journeys", name, "when"), known)


@singledispatch
def _check(_trigger: Any, _path: Path, _known: Known) -> Iterator[Problem]:
    yield from ()


@_check.register
def _(trigger: EventTrigger, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.events.event(path, "event", trigger.event)
    yield from check_where(known, path, trigger.event, trigger.where)
    if trigger.key is not None:
        yield from known.events.property(path, ("key",), trigger.event, trigger.key)


@_check.register
def _(trigger: EntersTrigger, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("segments", "segment", path, ("enters",), trigger.enters)


@_check.register
def _(trigger: LeavesTrigger, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("segments", "segment", path, ("leaves",), trigger.leaves)


@_check.register
def _(trigger: AtTrigger, path: Path, known: Known) -> Iterator[Problem]:
    yield from _segment(trigger.segment, path, known)


@_check.register
def _(trigger: ScheduleTrigger, path: Path, known: Known) -> Iterator[Problem]:
    yield from _segment(trigger.segment, path, known)
    if wrong := _cron(trigger.schedule):
        how = "write minute, hour, day, month, weekday: 0 9 * * mon"
        reason = f"not a schedule ({wrong}); {how}"
        yield known.draft.document.problem(path, reason, at=("schedule",))


def _cron(expression: str) -> str | None:
    """What is wrong with a cron expression."""
    if len(expression.split()) != FIELDS:
        return f"it has {FIELDS} words"
    try:
        CronSim(expression, ANY_DAY)
    except (CronSimError, ValueError) as error:
        return str(error).lower()
    return None


@_check.register
def _(trigger: InactiveTrigger, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.events.event(path, "inactive", trigger.inactive)


@_check.register
def _(trigger: DateTrigger, path: Path, known: Known) -> Iterator[Problem]:
    if trigger.segment is not None:
        yield from _segment(trigger.segment, path, known)
    kind, name = trigger.date.split(".", 1)
    typed: Typed | None = None
    if kind == "attribute":
        yield from known.is_attribute(path, ("date",), name)
        typed = known.attributes.get(name)
    elif kind == "trait":
        yield from known.in_section("traits", "trait", path, ("date",), name)
        typed = known.trait(name)
    else:
        yield from known.is_score(path, ("date",), name)
        typed = known.scores.get(name)
    if typed and typed.type not in ("date", "time"):
        reason = f"{trigger.date} is no date; its type is {typed.type}"
        yield known.draft.document.problem(path, reason, at=("date",))


def _segment(name: str, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("segments", "segment", path, ("segment",), name)
