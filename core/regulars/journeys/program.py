"""A journey's steps in the order they are done, each knowing where it leads.

Steps have no loops, so one pass in this order moves everybody as far as they can go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.playbook.journeys import If
from regulars.playbook.walking import named_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regulars.playbook.journeys import Journey, Step
    from regulars.playbook.positions import Path


@dataclass(frozen=True)
class Instruction:
    """One step: ``next`` is the id of the step after it, None the end of the journey.

    For ``if``, ``next`` is where its ``then`` begins and ``otherwise`` where its ``else`` does.
    """

    id: str
    step: Step
    next: str | None
    otherwise: str | None = None


def program(journey: Journey) -> tuple[Instruction, ...]:
    """The steps of ``journey``, branches flattened, in the order in which they are done."""
    ids = {path: name for path, name, _ in named_steps(journey, ())}
    return tuple(_flatten(ids, journey.steps, ("steps",), None))


def _flatten(
    ids: Mapping[Path, str], steps: Sequence[Step], path: Path, after: str | None
) -> Iterator[Instruction]:
    for place, step in enumerate(steps):
        here = (*path, place)
        following = ids.get((*path, place + 1), after)
        if not isinstance(step, If):
            yield Instruction(ids[here], step, following)
            continue
        then, otherwise = (*here, "then"), (*here, "else")
        first, other = (ids.get((*branch, 0), following) for branch in (then, otherwise))
        yield Instruction(ids[here], step, first, other)
        yield from _flatten(ids, step.then, then, following)
        yield from _flatten(ids, step.else_, otherwise, following)
