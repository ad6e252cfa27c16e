"""What steps name: messages, channels, attributes; and that each step has an id of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from regulars.errors import Problem
from regulars.playbook.header import zone
from regulars.playbook.journeys import Emit, Journey, Send, Set, Split
from regulars.playbook.positions import Path
from regulars.playbook.suggestions import unknown
from regulars.playbook.walking import all_steps, kind_of, named_steps

from .fitting import misfit
from .known import Known
from .sources import dotted

SETTABLE = ("kind", "locale", "timezone")  # of the built-in attributes


def check_steps(known: Known) -> Iterator[Problem]:
    """Every step of every journey."""
    for path, step in all_steps(known.draft.parts["journeys"]):
        yield from _check(step, path, known)
    for name, journey in known.draft.parts["journeys"].items():
        if ("journeys", name) not in known.draft.broken:
            yield from _ids(known, journey, ("journeys", name))


@singledispatch
def _check(_step: Any, _path: Path, _known: Known) -> Iterator[Problem]:
    yield from ()


@_check.register
def _(step: Send, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("messages", "message", path, ("send",), step.send)
    message = known.draft.parts["messages"].get(step.send)
    for place, channel in enumerate(step.via or ()):
        at = ("via", place)
        yield from known.in_section("channels", "channel", path, at, channel)
        declared = channel in known.draft.declared("channels")
        if message and declared and channel not in message.parts:
            reason = f"the message '{step.send}' has no part for the channel '{channel}'"
            yield known.draft.document.problem(path, reason, at=at)
    if step.experiment is not None:
        name = step.experiment
        yield from known.in_section("experiments", "experiment", path, ("experiment",), name)


@_check.register
def _(step: Set, path: Path, known: Known) -> Iterator[Problem]:
    path = (*path, "set")
    settable = {*SETTABLE, *known.draft.declared_attributes()}
    for name, value in step.set.items():
        typed = known.attributes.get(name)
        if name not in settable:
            reason = f"'{name}' is not a declared attribute, so it can't be set"
            yield known.draft.document.problem(path, reason, at=(name,), key=True)
        elif typed and value is not None and (why := misfit(typed.type, value, typed.one_of)):
            yield known.draft.document.problem(path, f"{name} {why}", at=(name,))
        elif name == "timezone" and isinstance(value, str):
            yield from _zone(known, path, value)


def _zone(known: Known, path: Path, name: str) -> Iterator[Problem]:
    try:
        zone(name)
    except ValueError as error:
        yield known.draft.document.problem(path, str(error), at=("timezone",))


@_check.register
def _(step: Emit, path: Path, known: Known) -> Iterator[Problem]:
    if "." in step.emit:
        yield known.draft.document.problem(path, dotted(step.emit), at=("emit",))


@_check.register
def _(step: Split, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("experiments", "experiment", path, ("split",), step.split)
    experiment = known.draft.parts["experiments"].get(step.split)
    if experiment is None:
        return
    if experiment.factors:
        reason = f"'{step.split}' has factors, and ways are for arms; give it arms instead"
        yield known.draft.document.problem(path, reason, at=("split",))
        return
    for arm in step.arms:
        if arm not in experiment.variables():
            reason = unknown("arm", arm, experiment.variables())
            yield known.draft.document.problem((*path, "arms"), reason, at=(arm,), key=True)


def _ids(known: Known, journey: Journey, path: Path) -> Iterator[Problem]:
    """Two steps with one id."""
    seen: set[str] = set()
    for at, name, step in named_steps(journey, path):
        if name in seen:
            reason = f"another step of this journey is called '{name}'; give this one an id"
            word = "id" if step.id else kind_of(step)
            yield known.draft.document.problem(at, reason, at=(word,))
        seen.add(name)
