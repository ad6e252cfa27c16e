"""A journey's steps in the order they are done, each knowing where it leads.

Steps have no loops, so one pass in this order moves everybody as far as they can go.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.playbook.journeys import STEPS, If, Send

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regulars.playbook.journeys import Journey, Step


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
    return tuple(_flatten(_named(journey.steps, Counter()), None))


@dataclass(frozen=True)
class _Named:
    id: str
    step: Step
    then: tuple[_Named, ...] = ()
    otherwise: tuple[_Named, ...] = ()


def _named(steps: Sequence[Step], seen: Counter[str]) -> tuple[_Named, ...]:
    """Each step with its id: its own, the message's name, or its kind and number."""
    return tuple(_name(step, seen) for step in steps)


def _name(step: Step, seen: Counter[str]) -> _Named:
    kind = next(word for word, model in STEPS.items() if isinstance(step, model))
    seen[kind] += 1
    default = step.send if isinstance(step, Send) else f"{kind}-{seen[kind]}"
    if not isinstance(step, If):
        return _Named(step.id or default, step)
    return _Named(step.id or default, step, _named(step.then, seen), _named(step.else_, seen))


def _flatten(steps: Sequence[_Named], after: str | None) -> Iterator[Instruction]:
    for place, named in enumerate(steps):
        following = steps[place + 1].id if place + 1 < len(steps) else after
        if not isinstance(named.step, If):
            yield Instruction(named.id, named.step, following)
            continue
        then = named.then[0].id if named.then else following
        otherwise = named.otherwise[0].id if named.otherwise else following
        yield Instruction(named.id, named.step, then, otherwise)
        yield from _flatten(named.then, following)
        yield from _flatten(named.otherwise, following)
