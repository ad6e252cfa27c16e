"""Every condition that a playbook writes, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.playbook.conditions import Group
from regulars.playbook.journeys import If

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regulars.playbook.conditions import Condition
    from regulars.playbook.journeys import Step
    from regulars.playbook.playbook import Playbook


def conditions_of(playbook: Playbook) -> Iterator[Condition]:
    """Every condition of ``playbook``, nested ones too, in the order they are written."""
    for segment in playbook.segments.values():
        yield from nested(segment)
    for journey in playbook.journeys.values():
        for branch in branches(journey.steps):
            yield from nested(branch)


def nested(condition: Condition) -> Iterator[Condition]:
    """``condition`` and every condition inside it."""
    yield condition
    if isinstance(condition, Group):
        for group in (condition.all, condition.any, condition.none):
            for inner in group or ():
                yield from nested(inner)


def branches(steps: Sequence[Step]) -> Iterator[Condition]:
    """The condition of every ``if`` in ``steps``, at any depth."""
    for step in steps:
        if isinstance(step, If):
            yield step.if_
            yield from branches(step.then)
            yield from branches(step.else_)
