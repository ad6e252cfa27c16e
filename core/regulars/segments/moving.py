"""Moving: who may have come to a segment or left it since the last run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select

from regulars.customers.groups import BY_TIME, CHANGED
from regulars.playbook.conditions import (
    AttributeCondition,
    Comparison,
    InSegment,
    PluginCondition,
    ScoreCondition,
)
from regulars.playbook.walking import conditions_of

from .compile import any_of, leaf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Select

    from regulars.hooks.kinds import Moment
    from regulars.playbook.conditions import Condition
    from regulars.playbook.playbook import Playbook

    from .evaluated import Evaluated
    from .scope import Scope


def for_everybody(playbook: Playbook, segment: str) -> bool:
    """Whether anybody may come or go at any run, so that ``segment`` is looked at for all.

    That is so with scores, which each run gives anew, and with plugins, of which nobody knows what
    they look at. What else a segment looks at is told by the row of traits, which is written anew
    with every change of what is known of a customer, and by comparisons with the clock.
    """
    inner = written_out(playbook, [segment])
    return any(isinstance(each, PluginCondition | ScoreCondition) for each in inner)


def who_may_move(
    scope: Scope, segments: Iterable[str], before: Evaluated, now: Evaluated
) -> Iterator[Select[Any]]:
    """SELECT those who may have come to one of ``segments`` or left it since ``before``.

    What traits tell is looked for among the traits, what attributes tell among the customers:
    nearly nobody moves.
    """
    whose = select(scope.customer)
    traits = scope.tables.traits
    by_traits: list[ColumnElement[bool]] = []
    by_attributes: list[ColumnElement[bool]] = []
    if before.refresh != now.refresh:
        by_traits.append(traits.c[CHANGED] > before.refresh)
    if before.at != now.at:
        for each, test in _turned(scope, segments, before.moment(scope.zone)):
            (by_attributes if isinstance(each, AttributeCondition) else by_traits).append(test)
    if by_traits:
        yield whose.select_from(scope.people_with_traits).where(any_of(by_traits))
    if by_attributes:
        yield whose.select_from(scope.people).where(any_of(by_attributes))


def _turned(
    scope: Scope, segments: Iterable[str], then: Moment
) -> Iterator[tuple[Comparison, ColumnElement[bool]]]:
    """Comparisons with the clock in ``segments``, and for whom each says another than ``then``.

    What event conditions count, windows and all, is a trait: it changes with the customer.
    """
    before = replace(scope, now=then.now, events=replace(scope.events, moment=then))
    clocks = {
        each.model_dump_json(): each
        for each in written_out(scope.playbook, segments)
        if isinstance(each, Comparison) and BY_TIME & set(each.words())
    }
    for each in clocks.values():
        yield each, _number(leaf(each, scope)) != _number(leaf(each, before))


def written_out(playbook: Playbook, segments: Iterable[str]) -> list[Condition]:
    """Every condition in ``segments`` and in those that they refer to."""
    found: dict[str, list[Condition]] = {}
    waiting = list(segments)
    while waiting:
        name = waiting.pop()
        if name not in found:
            inner = [each for _, each in conditions_of(playbook.segments[name], ())]
            found[name] = inner
            waiting += [each.segment for each in inner if isinstance(each, InSegment)]
    return [each for inner in found.values() for each in inner]


def _number(test: ColumnElement[bool]) -> ColumnElement[int]:
    return case((test, 1), else_=0)
