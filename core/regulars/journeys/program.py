"""A journey's steps in the order they are done, each knowing where it leads.

Steps have no loops, so one pass in this order moves everybody as far as they can go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regulars.playbook.walking import branches, named_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regulars.playbook.journeys import Journey, Step
    from regulars.playbook.positions import Path


@dataclass(frozen=True)
class Instruction:
    """One step. ``after`` is the id of the step behind it, None the end of the journey.

    ``ways`` is where each outcome of a step with branches leads; any other one leads to ``after``.
    """

    id: str
    step: Step
    after: str | None
    ways: Mapping[str, str | None] = field(default_factory=dict)


def program(journey: Journey) -> tuple[Instruction, ...]:
    """The steps of ``journey``, branches flattened, in the order in which they are done."""
    ids = {path: name for path, name, _ in named_steps(journey, ())}
    return tuple(_flatten(ids, journey.steps, ("steps",), None))


def _flatten(
    ids: Mapping[Path, str], steps: Sequence[Step], path: Path, behind: str | None
) -> Iterator[Instruction]:
    for place, step in enumerate(steps):
        here = (*path, place)
        after = ids.get((*path, place + 1), behind)
        ways = {str(way[-1]): ids.get((*here, *way, 0), after) for way, _ in branches(step)}
        yield Instruction(ids[here], step, after, ways)
        for way, inner in branches(step):
            yield from _flatten(ids, inner, (*here, *way), after)
