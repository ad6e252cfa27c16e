"""Evidence: the actual value that a condition compares, in a few words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from regulars.customers.columns import attribute_column
from regulars.customers.consent_sql import ANYWHERE, EVERYTHING, word_for
from regulars.customers.shares import SHARES
from regulars.instants import micros
from regulars.playbook.conditions import (
    AttributeCondition,
    Consented,
    Near,
    NotPerformed,
    Performed,
    Sample,
    ScoreCondition,
    TraitCondition,
)
from regulars.stored import sample_column

from .compile import EARTH_RADIUS
from .words import span_in_words, time_in_words, value_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement

    from regulars.customers.comparisons import Subject
    from regulars.playbook.conditions import Condition
    from regulars.values import Duration

    from .scope import Scope


@dataclass(frozen=True)
class Evidence:
    """What to select of a customer for one condition, and how to tell what was found."""

    columns: tuple[ColumnElement[Any], ...]
    tell: Callable[..., str]


NOTHING = Evidence((), lambda: "")  # a plugin alone knows what its condition compares


def evidence(condition: Condition, scope: Scope) -> Evidence:
    """The evidence for a condition that is no group."""
    finder = _FINDERS.get(type(condition))
    return NOTHING if finder is None else finder(condition, scope)


def _attribute(condition: AttributeCondition, scope: Scope) -> Evidence:
    return _of_subject(condition.attribute, scope.attribute_subject(condition.attribute))


def _trait(condition: TraitCondition, scope: Scope) -> Evidence:
    subject = scope.trait_subject(scope.plan.trait(condition.trait))
    return _of_subject(condition.trait, subject)


def _of_subject(name: str, subject: Subject) -> Evidence:
    return Evidence(
        (subject.column,),
        lambda value: f"{name} is {value_in_words(value, subject.type, subject.scale)}",
    )


def _score(condition: ScoreCondition, scope: Scope) -> Evidence:
    return _of_subject(condition.score, scope.score_subject(condition.score))


def _performed(condition: Performed, scope: Scope) -> Evidence:
    subject = scope.trait_subject(scope.plan.inline(condition))
    kind, name = condition.aggregate
    counts = {"count": "", "distinct": f"different values of {name}"}
    what = counts.get(kind, f"{kind} of {name}")
    tell = partial(_of_events, what, subject, condition.within)
    last = _last(scope, condition.performed, condition.where)
    return Evidence((subject.column, last), tell)


def _not_performed(condition: NotPerformed, scope: Scope) -> Evidence:
    subject = scope.trait_subject(scope.plan.inline(condition))
    tell = partial(_of_events, "", subject, condition.within)
    last = _last(scope, condition.not_performed, condition.where)
    return Evidence((subject.column, last), tell)


def _last(scope: Scope, event: str, where: Mapping[str, Any]) -> ColumnElement[Any]:
    """When the last matching event was, however long ago."""
    events = scope.tables.events
    newest = select(func.max(events.c.time)).where(
        events.c.customer == scope.customer,
        events.c.time <= micros(scope.now),
        scope.events.named(event),
        scope.where(where),
    )
    return newest.correlate(scope.tables.customers).scalar_subquery()


def _of_events(
    what: str, subject: Subject, within: Duration | None, value: Any, last: int | None
) -> str:
    window = "" if within is None else f" in {span_in_words(within)}"
    ended = "" if last is None else f", the last on {time_in_words(last)}"
    if last is None:
        return "no such event"
    if what and subject.type != "integer":
        return f"{what}{window} is {value_in_words(value, subject.type, subject.scale)}{ended}"
    return f"{value or 'none'}{f' {what}' if what else ''}{window}{ended}"


def _consented(condition: Consented, scope: Scope) -> Evidence:
    basis = scope.playbook.topics[condition.consented].basis
    channels = dict.fromkeys((condition.channel or ANYWHERE, ANYWHERE))
    places = [(about, c) for about in (condition.consented, EVERYTHING) for c in channels]
    columns: list[ColumnElement[Any]] = []
    for place in places:
        columns.append(word_for(scope.tables.customers, *place))
        columns.append(word_for(scope.tables.customers, *place, "at"))

    def tell(*cells: Any) -> str:
        if basis == "transactional":
            return "a transactional topic needs no word"
        said = list(zip(places, cells[::2], cells[1::2], strict=True))
        words = [_yes_or_no(*word) for word in said if word[0][0] and word[1] is not None]
        refused = [at for (about, _), granted, at in said if not about and granted == 0]
        told = words[0] if words else f"never said, and the topic is {basis}"
        return f"{told}; no to everything, {time_in_words(max(refused))}" if refused else told

    return Evidence(tuple(columns), tell)


def _yes_or_no(place: tuple[str, str], granted: int, at: int) -> str:
    where = f"on {place[1]}" if place[1] else "on every channel"
    return f"said {'yes' if granted else 'no'} {where}, {time_in_words(at)}"


def _near(condition: Near, scope: Scope) -> Evidence:
    column = attribute_column(scope.tables.customers, condition.attribute)

    def tell(point: str | None) -> str:
        if point is None:
            return f"{condition.attribute} is unknown"
        latitude, longitude = map(float, point.split(","))
        return f"{_distance((latitude, longitude), condition.near)} away"

    return Evidence((column,), tell)


def _distance(here: tuple[float, float], there: list[float]) -> str:
    (a, b), (c, d) = ([math.radians(degrees) for degrees in point] for point in (here, there))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    metres = 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))
    return f"{metres:.0f}m" if metres < 1_000 else f"{metres / 1_000:.2f}km"  # noqa: PLR2004


def _sample(condition: Sample, scope: Scope) -> Evidence:
    column = scope.tables.customers.c[sample_column(condition.seed)]
    return Evidence(
        (column,),
        lambda share: "no share yet" if share is None else f"they are at {share / SHARES:.2%}",
    )


_FINDERS: Mapping[type, Callable[[Any, Scope], Evidence]] = {
    AttributeCondition: _attribute,
    TraitCondition: _trait,
    ScoreCondition: _score,
    Performed: _performed,
    NotPerformed: _not_performed,
    Consented: _consented,
    Near: _near,
    Sample: _sample,
}
