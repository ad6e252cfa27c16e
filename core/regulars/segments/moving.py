"""Moving: who may have come to a segment or left it since the last run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import case

from regulars.customers.groups import BY_TIME
from regulars.playbook.conditions import (
    Comparison,
    InSegment,
    PluginCondition,
    ScoreCondition,
)
from regulars.playbook.walking import conditions_of

from .compile import leaf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement

    from regulars.hooks.kinds import Moment
    from regulars.playbook.conditions import Condition
    from regulars.playbook.playbook import Playbook

    from .scope import Scope


def for_everybody(playbook: Playbook, segment: str) -> bool:
    """Whether anybody may come or go at any run, so that ``segment`` is looked at for all.

    That is so with scores, which each run gives anew, and with plugins, of which nobody knows what
    they look at. What else a segment looks at is told by the row of traits, which is written anew
    with every change of what is known of a customer, and by comparisons with the clock.
    """
    inner = written_out(playbook, [segment])
    return any(isinstance(each, PluginCondition | ScoreCondition) for each in inner)


def turned(scope: Scope, segments: Iterable[str], then: Moment) -> list[ColumnElement[bool]]:
    """For whom comparisons with the clock in ``segments`` say another thing than ``then``.

    What event conditions count, windows and all, is a trait: it changes with the customer.
    """
    before = replace(scope, now=then.now, events=replace(scope.events, moment=then))
    clocks = {
        each.model_dump_json(): each
        for each in written_out(scope.playbook, segments)
        if isinstance(each, Comparison) and BY_TIME & set(each.words())
    }
    return [_number(leaf(each, scope)) != _number(leaf(each, before)) for each in clocks.values()]


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
