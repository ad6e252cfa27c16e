"""Conditions as SQL: each becomes one boolean expression over customers and their traits.

Logic is two-valued: every leaf is true or false and never NULL, so ``none`` and the negative
words are plain negations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, false, not_, or_, true

from regulars.customers.columns import unit_vector, vector_columns
from regulars.customers.comparisons import compare
from regulars.customers.consent_sql import ANYWHERE, agrees
from regulars.customers.samples import sampled
from regulars.errors import PlaybookError, Problem
from regulars.hooks.attribution import blamed, given
from regulars.playbook.conditions import (
    AttributeCondition,
    Comparison,
    Consented,
    InSegment,
    Near,
    NotPerformed,
    Performed,
    PluginCondition,
    Sample,
    ScoreCondition,
    TraitCondition,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regulars.playbook.conditions import Condition

    from .scope import Scope

EARTH_RADIUS = 6_371_008.8  # metres; the mean radius of the IUGG
LARGEST = 20_000  # comparisons in a segment that another one refers to
FLAT = 50  # terms in one AND or OR; SQLite's expressions may be 1,000 deep, a level a term


def compile_condition(condition: Condition, scope: Scope) -> ColumnElement[bool]:
    """``condition`` over ``scope.people``: true or false for each customer, never NULL."""
    return _nested(condition, scope).test


@dataclass(frozen=True)
class Nest:
    """A test, how many brackets deep it is and of how many comparisons it consists."""

    test: ColumnElement[bool]
    depth: int = 0
    size: int = 1


def _nested(condition: Condition, scope: Scope) -> Nest:
    if isinstance(condition, PluginCondition):
        return Nest(_plugin(condition, scope))
    nests = [Nest(leaf(condition, scope))] if type(condition) in LEAVES else []
    if isinstance(condition, InSegment):
        nests.append(_segment(condition.segment, scope))
    if condition.all is not None:
        nests.append(_every([_nested(inner, scope) for inner in condition.all]))
    if condition.any is not None:
        nests.append(_some([_nested(inner, scope) for inner in condition.any]))
    if condition.none is not None:
        inside = _some([_nested(inner, scope) for inner in condition.none])
        nests.append(Nest(not_(inside.test), inside.depth + 1, inside.size))
    return _every(nests)


def leaf(condition: Condition, scope: Scope) -> ColumnElement[bool]:
    """What ``condition`` itself compares, without the conditions inside it."""
    return LEAVES[type(condition)](condition, scope)


def any_of(tests: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether one of ``tests`` holds, however many they are."""
    return _some([Nest(test) for test in tests]).test


def _every(nests: Sequence[Nest]) -> Nest:
    return nests[0] if len(nests) == 1 else _joined(nests, lambda *tests: and_(true(), *tests))


def _some(nests: Sequence[Nest]) -> Nest:
    return nests[0] if len(nests) == 1 else _joined(nests, lambda *tests: or_(false(), *tests))


def _joined(nests: Sequence[Nest], join: Callable[..., ColumnElement[bool]]) -> Nest:
    """All in one bracket, the deepest first: SQLite's parser then has the least to remember."""
    tests = [nest.test for nest in sorted(nests, key=lambda nest: -nest.depth)]
    while len(tests) > FLAT:
        tests = [_closed(join(*tests[i : i + FLAT])) for i in range(0, len(tests), FLAT)]
    depth = max((nest.depth for nest in nests), default=0) + 1
    return Nest(join(*tests), depth, sum(nest.size for nest in nests))


def _segment(name: str, scope: Scope) -> Nest:
    """Another segment, written out; segments that double one another would never end."""
    nest = scope.compiled.get(name)
    if nest is None:
        nest = _nested(scope.playbook.segments[name], scope.of_segments)
        scope.compiled[name] = nest
    if nest.size > LARGEST:
        reason = f"written out it has more than {LARGEST:,} comparisons; refer to fewer segments"
        file = str(scope.playbook.path)
        raise PlaybookError([Problem(file, 0, 0, f"segments.{name}", reason)])
    return nest


def _closed(test: ColumnElement[bool]) -> ColumnElement[bool]:
    """``test``, so that SQLAlchemy doesn't melt it into its neighbours and NULL counts as false."""
    return case((test, 1), else_=0) == 1


def _plugin(condition: PluginCondition, scope: Scope) -> ColumnElement[bool]:
    kind, config = condition.configured(scope.plugins.conditions)
    with blamed(scope.plugins.blame("conditions", kind.name)):
        return _closed(given(kind.compile(config, scope, scope.moment), ColumnElement))


def _attribute(condition: AttributeCondition, scope: Scope) -> ColumnElement[bool]:
    return compare(scope.attribute_subject(condition.attribute), condition, scope.moment)


def _trait(condition: TraitCondition, scope: Scope) -> ColumnElement[bool]:
    subject = scope.trait_subject(scope.plan.trait(condition.trait))
    return compare(subject, condition, scope.moment)


def _score(condition: ScoreCondition, scope: Scope) -> ColumnElement[bool]:
    return compare(scope.score_subject(condition.score), condition, scope.moment)


def _performed(condition: Performed, scope: Scope) -> ColumnElement[bool]:
    subject = scope.event_subject(condition)
    comparison = condition.comparison()
    if not comparison.words():
        comparison = Comparison(at_least=1)
    return compare(subject, comparison, scope.moment)


def _not_performed(condition: NotPerformed, scope: Scope) -> ColumnElement[bool]:
    subject = scope.event_subject(condition)
    return not_(compare(subject, Comparison(at_least=1), scope.moment))


def _consented(condition: Consented, scope: Scope) -> ColumnElement[bool]:
    customers, topics = scope.tables.customers, scope.playbook.topics
    return agrees(customers, topics, condition.consented, condition.channel or ANYWHERE)


def _near(condition: Near, scope: Scope) -> ColumnElement[bool]:
    """Two points are within a distance when the chord between them is short enough."""
    columns = vector_columns(scope.tables.customers, condition.attribute)
    known = columns[0].is_not(None)
    half_angle = condition.within.metres / (2 * EARTH_RADIUS)
    if half_angle >= math.pi / 2:
        return known
    here = unit_vector(*condition.near)
    squares = [(column - at) * (column - at) for column, at in zip(columns, here, strict=True)]
    chord = squares[0] + squares[1] + squares[2]
    return and_(known, chord <= (2 * math.sin(half_angle)) ** 2)


def _sample(condition: Sample, scope: Scope) -> ColumnElement[bool]:
    return sampled(scope.tables.customers, condition.seed, condition.sample.share)


LEAVES: dict[type, Callable[[Any, Scope], ColumnElement[bool]]] = {
    AttributeCondition: _attribute,
    TraitCondition: _trait,
    ScoreCondition: _score,
    Performed: _performed,
    NotPerformed: _not_performed,
    Consented: _consented,
    Near: _near,
    Sample: _sample,
}
