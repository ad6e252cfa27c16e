"""What goals of experiments name: events and their properties."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.errors import Problem
from regulars.playbook.goals import (
    GOALS,
    AnyGoal,
    MeanGoal,
    RatioGoal,
    RevenueGoal,
)
from regulars.playbook.positions import Path
from regulars.playbook.traits import event_and_property

from .conditions import check_where
from .known import Known

OF_PROPERTIES = (RevenueGoal, MeanGoal, RatioGoal)


def check_goal(known: Known, path: Path, goal: AnyGoal) -> Iterator[Problem]:
    """The events and properties of one goal, as it is for a trait of the same kind."""
    kind = next(word for word, model in GOALS.items() if type(goal) is model)
    if isinstance(goal, OF_PROPERTIES):
        event, name = event_and_property(getattr(goal, kind))
        yield from _reference(known, path, kind, event, name)
        if name is None:
            reason = f"{kind} needs a property of the event: write {kind}: "
            reason += f"{event}.{known.events.example(event)}"
            yield known.draft.document.problem(path, reason, at=(kind,))
    else:
        event = getattr(goal, kind)
        yield from known.events.event(path, kind, event)
    if isinstance(goal, RatioGoal):
        yield from _reference(known, path, "to", *event_and_property(goal.to))
    yield from check_where(known, path, event, goal.where)


def _reference(
    known: Known, path: Path, word: str, event: str, name: str | None
) -> Iterator[Problem]:
    yield from known.events.event(path, word, event)
    if name is not None:
        yield from known.events.property(path, (word,), event, name)
