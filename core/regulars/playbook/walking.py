"""Walking: every condition and every step of a part, each with its path in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from .conditions import Condition, Group
from .journeys import STEPS, If, Journey, Send, Split, Step, WaitFor
from .positions import Path


def conditions_of(condition: Condition, path: Path) -> Iterator[tuple[Path, Condition]]:
    """``condition`` and all that it is made of."""
    yield path, condition
    if isinstance(condition, Group):
        for word in ("all", "any", "none"):
            for place, inner in enumerate(getattr(condition, word) or ()):
                yield from conditions_of(inner, (*path, word, place))


def steps_of(journey: Journey, path: Path) -> Iterator[tuple[Path, Step]]:
    """The steps of ``journey`` as they are written, branches after the ``if`` that opens them."""
    yield from _steps(journey.steps, (*path, "steps"))


def _steps(steps: Sequence[Step], path: Path) -> Iterator[tuple[Path, Step]]:
    for place, step in enumerate(steps):
        yield (*path, place), step
        for way, inner in branches(step):
            yield from _steps(inner, (*path, place, *way))


def branches(step: Step) -> Iterator[tuple[Path, Sequence[Step]]]:
    """The ways that ``step`` opens, each with its path below the step."""
    match step:
        case If(then=then, else_=otherwise) | WaitFor(then=then, else_=otherwise):
            yield ("then",), then
            yield ("else",), otherwise
        case Split(arms=arms):
            for arm, steps in arms.items():
                yield ("arms", arm), steps


def kind_of(step: Step) -> str:
    """The word that makes ``step`` what it is, such as ``send``."""
    return next(word for word, model in STEPS.items() if isinstance(step, model))


def named_steps(journey: Journey, path: Path) -> Iterator[tuple[Path, str, Step]]:
    """The steps of ``journey`` with their ids: their own, the message's name, or ``kind-number``.

    The numbers of a kind count from 1 in the order the steps are written.
    """
    seen: Counter[str] = Counter()
    for at, step in steps_of(journey, path):
        kind = kind_of(step)
        seen[kind] += 1
        default = step.send if isinstance(step, Send) else f"{kind}-{seen[kind]}"
        yield at, step.id or default, step


def all_steps(journeys: Mapping[str, Journey]) -> Iterator[tuple[Path, Step]]:
    """Every step of ``journeys``."""
    for name, journey in journeys.items():
        yield from steps_of(journey, ("journeys", name))


def all_conditions(
    segments: Mapping[str, Condition], journeys: Mapping[str, Journey]
) -> Iterator[tuple[Path, Condition]]:
    """Every condition of a playbook, nested ones too."""
    yield from conditions_now(segments, journeys)
    yield from conditions_since_entry(journeys)


def conditions_now(
    segments: Mapping[str, Condition], journeys: Mapping[str, Journey]
) -> Iterator[tuple[Path, Condition]]:
    """The conditions that look at all a customer ever did: of segments and of ``if``."""
    for name, condition in segments.items():
        yield from conditions_of(condition, ("segments", name))
    for path, step in all_steps(journeys):
        if isinstance(step, If):
            yield from conditions_of(step.if_, (*path, "if"))


def conditions_since_entry(
    journeys: Mapping[str, Journey],
) -> Iterator[tuple[Path, Condition]]:
    """The conditions that look at what a customer did since they entered."""
    for name, journey in journeys.items():
        for word, condition in (("goal", journey.goal), ("exit_when", journey.exit_when)):
            if condition is not None:
                yield from conditions_of(condition, ("journeys", name, word))
    for path, step in all_steps(journeys):
        if isinstance(step, WaitFor):
            yield from conditions_of(step.wait_for, (*path, "wait_for"))
