"""What conditions name: attributes, traits, segments, topics, channels, events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any

from regulars.errors import Problem
from regulars.playbook.conditions import (
    AttributeCondition,
    Consented,
    InSegment,
    Near,
    NotPerformed,
    Performed,
    ScoreCondition,
    TraitCondition,
)
from regulars.playbook.positions import Path
from regulars.playbook.walking import all_conditions

from .fitting import misfits
from .known import Known


def check_conditions(known: Known) -> Iterator[Problem]:
    """Every condition, in segments and in journeys."""
    parts = known.draft.parts
    for path, condition in all_conditions(parts["segments"], parts["journeys"]):
        yield from _check(condition, path, known)


@singledispatch
def _check(_condition: Any, _path: Path, _known: Known) -> Iterator[Problem]:
    yield from ()


@_check.register
def _(condition: AttributeCondition, path: Path, known: Known) -> Iterator[Problem]:
    name = condition.attribute
    yield from known.is_attribute(path, ("attribute",), name)
    if typed := known.attributes.get(name):
        yield from misfits(known.draft.document, path, name, typed, condition)


@_check.register
def _(condition: TraitCondition, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("traits", "trait", path, ("trait",), condition.trait)
    if typed := known.trait(condition.trait):
        yield from misfits(known.draft.document, path, condition.trait, typed, condition)


@_check.register
def _(condition: ScoreCondition, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.is_score(path, ("score",), condition.score)
    if typed := known.scores.get(condition.score):
        yield from misfits(known.draft.document, path, condition.score, typed, condition)


@_check.register
def _(condition: Performed, path: Path, known: Known) -> Iterator[Problem]:
    event = condition.performed
    yield from known.events.event(path, "performed", event)
    kind, name = condition.aggregate
    if name is not None:
        yield from known.events.property(path, (kind,), event, name)
    yield from check_where(known, path, event, condition.where)


@_check.register
def _(condition: NotPerformed, path: Path, known: Known) -> Iterator[Problem]:
    event = condition.not_performed
    yield from known.events.event(path, "not_performed", event)
    yield from check_where(known, path, event, condition.where)


@_check.register
def _(condition: InSegment, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("segments", "segment", path, ("segment",), condition.segment)


@_check.register
def _(condition: Consented, path: Path, known: Known) -> Iterator[Problem]:
    yield from known.in_section("topics", "topic", path, ("consented",), condition.consented)
    if condition.channel is not None:
        yield from known.in_section("channels", "channel", path, ("channel",), condition.channel)


@_check.register
def _(condition: Near, path: Path, known: Known) -> Iterator[Problem]:
    name = condition.attribute
    typed = known.attributes.get(name)
    if typed and typed.type != "point":
        reason = f"near needs a point, and {name} is {typed.type}"
        yield known.draft.document.problem(path, reason, at=("attribute",))
    elif "attribute" in condition.model_fields_set:
        yield from known.is_attribute(path, ("attribute",), name)
    elif name not in known.draft.declared_attributes():
        reason = f"near needs a point; declare it: customer: {{attributes: {{{name}: point}}}}"
        yield known.draft.document.problem(path, reason, at=("near",))


def check_where(
    known: Known, path: Path, event: str, where: Mapping[str, Any]
) -> Iterator[Problem]:
    """The properties in a ``where`` on ``event``."""
    for name in where:
        inside = (*path, "where")
        yield from known.events.property(inside, (name,), event, name, key=True)
