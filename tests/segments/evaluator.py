"""A second evaluator of conditions, in plain Python over plain data: what SQL must agree with."""

from __future__ import annotations

import math
import operator
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from regulars.playbook import conditions as language
from regulars.playbook.times import LocalTime
from regulars.playbook.traits import MODELS, event_and_property

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars.playbook.playbook import Playbook
    from regulars.values import Duration

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Event:
    number: int
    time: datetime
    name: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Person:
    key: str
    attributes: dict[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    consents: dict[tuple[str, str], bool] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Mean:
    """An average: the double of its millionths."""

    millionths: float


@dataclass(frozen=True)
class Evaluator:
    playbook: Playbook
    now: datetime
    sampled: Callable[[str, str, float], bool]

    # ---------------------------------------------------------------- conditions

    def holds(self, condition: Any, person: Person) -> bool:
        if isinstance(condition, language.PluginCondition):
            raise NotImplementedError
        groups = (
            all(self.holds(inner, person) for inner in condition.all or ()),
            condition.any is None or any(self.holds(inner, person) for inner in condition.any),
            not any(self.holds(inner, person) for inner in condition.none or ()),
        )
        return all(groups) and self._leaf(condition, person)

    def _leaf(self, condition: Any, person: Person) -> bool:  # noqa: C901, PLR0911 (the table)
        match condition:
            case language.Performed():
                words = condition.comparison().words() or {"at_least": 1}
                kind, name = condition.aggregate
                value = self._aggregate(
                    kind,
                    condition.performed,
                    name,
                    condition.within,
                    condition.where,
                    "text",
                    person,
                )
                return self._compares(value, words, ignore_case=False)
            case language.NotPerformed():
                return not self._matching(
                    condition.not_performed, condition.within, condition.where, person
                )
            case language.Near():
                point = person.attributes.get(condition.attribute)
                return (
                    point is not None and metres(point, condition.near) <= condition.within.metres
                )
            case language.AttributeCondition():
                value = person.attributes.get(condition.attribute)
                if condition.attribute == "id":
                    value = person.key
                words = condition.words()
                return self._compares(value, words, ignore_case=condition.ignore_case)
            case language.TraitCondition():
                value = self.trait(condition.trait, person)
                words = condition.words()
                return self._compares(value, words, ignore_case=condition.ignore_case)
            case language.ScoreCondition():
                return self._compares(
                    person.scores.get(condition.score), condition.words(), ignore_case=False
                )
            case language.InSegment():
                return self.holds(self.playbook.segments[condition.segment], person)
            case language.Consented():
                return self._consented(condition, person)
            case language.Sample():
                return self.sampled(condition.seed, person.key, condition.sample.share)
        return True

    def _consented(self, condition: language.Consented, person: Person) -> bool:
        basis = self.playbook.topics[condition.consented].basis
        if basis == "transactional":
            return True
        for channel in (condition.channel or "", ""):
            if (condition.consented, channel) in person.consents:
                return person.consents[condition.consented, channel]
        return basis == "opt_out"

    # ---------------------------------------------------------------- traits

    def trait(self, name: str, person: Person) -> Any:
        trait: Any = self.playbook.traits[name]
        kind = next(kind for kind, model in MODELS.items() if type(trait) is model)
        event, prop = event_and_property(getattr(trait, kind))
        reads = getattr(trait, "type", "text")
        return self._aggregate(kind, event, prop, trait.within, trait.where, reads, person)

    def _matching(
        self, name: str, within: Duration | None, where: Any, person: Person
    ) -> list[Event]:
        start = within.before(self.now, self.playbook.timezone) if within else None
        return [
            event
            for event in sorted(person.events, key=lambda e: (e.time, e.number))
            if event.name == name
            and event.time <= self.now
            and (start is None or event.time > start)
            and all(
                self._property(event.properties.get(key), comparison)
                for key, comparison in where.items()
            )
        ]

    def _aggregate(  # noqa: C901, PLR0911, PLR0913, PLR0917 (the table of aggregates)
        self, kind: str, name: str, prop: Any, within: Any, where: Any, reads: str, person: Person
    ) -> Any:
        events = self._matching(name, within, where, person)
        if kind == "count":
            return len(events)
        if prop is None:
            return (events[0] if kind == "first" else events[-1]).time if events else None
        numbers = kind in {"sum", "average", "largest", "smallest"} or reads == "number"
        numbers = numbers and kind != "distinct"
        read: Callable[[Any], Any] = as_number if numbers else as_text
        seen = [(e, read(e.properties.get(prop))) for e in events]
        seen = [(e, value) for e, value in seen if value is not None]
        values = [value for _, value in seen]
        match kind:
            case "sum":
                return sum(values, Fraction(0))
            case "distinct":
                return len(set(values))
        if not values:
            return None
        match kind:
            case "average":
                return Mean(float(sum(values) * 10**6) / float(len(values)))
            case "largest":
                return max(values)
            case "smallest":
                return min(values)
            case "first":
                return values[0]
            case "last":
                return values[-1]
        counts = Counter(values)
        last = {value: event.time for event, value in seen}
        return min(counts, key=lambda v: (-counts[v], self.now - last[v], v))

    # ---------------------------------------------------------------- comparisons

    def _compares(self, value: Any, words: dict[str, Any], *, ignore_case: bool) -> bool:
        return all(
            self._word(value, word, operand, ignore_case=ignore_case)
            for word, operand in words.items()
        )

    def _word(self, value: Any, word: str, operand: Any, *, ignore_case: bool) -> bool:
        if word == "is_not":
            return not self._word(value, "is", operand, ignore_case=ignore_case)
        if word == "not_in":
            return not self._word(value, "in", operand, ignore_case=ignore_case)
        if word == "known":
            return (value is not None) is operand
        if value is None:
            return False
        if ignore_case:
            value = value.lower()
            operand = [o.lower() for o in operand] if isinstance(operand, list) else operand.lower()
        return bool(self._positive(value, word, operand))

    def _positive(self, value: Any, word: str, operand: Any) -> Any:
        match word:
            case "is":
                return self._equal(value, operand)
            case "in":
                return any(self._equal(value, item) for item in operand)
            case "between":
                return all(
                    self._positive(value, bound, item)
                    for bound, item in zip(("at_least", "at_most"), operand, strict=True)
                )
        if word in ORDERS:
            return ORDERS[word](ordered(value), limit(value, operand))
        return (
            MATCHES[word](value, operand) if word in MATCHES else self._timed(value, word, operand)
        )

    def _equal(self, value: Any, operand: Any) -> Any:
        if isinstance(value, datetime):
            return value == LocalTime.parse(operand).at(self.playbook.timezone)
        if isinstance(value, date):
            return value.isoformat() == operand
        if isinstance(value, str | bool) or isinstance(operand, str | bool):
            return type(value) is type(operand) and value == operand
        return ordered(value) == limit(value, operand)

    def _timed(self, value: Any, word: str, operand: Any) -> Any:
        zone = self.playbook.timezone
        if not isinstance(value, datetime):
            return on_day(value, word, operand, self.now.astimezone(zone).date())
        match word:
            case "before":
                return value < operand.at(zone)
            case "after":
                return value > operand.at(zone)
            case "within_last":
                return operand.before(self.now, zone) < value <= self.now
        return self.now < value <= operand.after(self.now, zone)

    def _property(self, value: Any, comparison: language.Comparison) -> bool:
        """An event's property has no type: each operand says how it is read."""
        return all(
            self._property_word(value, word, operand, ignore_case=comparison.ignore_case)
            for word, operand in comparison.words().items()
        )

    def _property_word(self, value: Any, word: str, operand: Any, *, ignore_case: bool) -> bool:
        match word:
            case "is_not" | "not_in":
                positive = {"is_not": "is", "not_in": "in"}[word]
                return not self._property_word(value, positive, operand, ignore_case=ignore_case)
            case "in":
                return any(
                    self._property_word(value, "is", item, ignore_case=ignore_case)
                    for item in operand
                )
            case "known":
                return (value is not None) is operand
        if isinstance(operand, bool):
            return as_text(value) == str(operand).lower()
        read: Callable[[Any], Any] = as_text if isinstance(operand, str) else as_day
        if word == "between" or isinstance(operand, int | float):
            read = as_number
        return self._word(read(value), word, operand, ignore_case=ignore_case and read is as_text)


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}
MATCHES: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}


def on_day(value: date, word: str, operand: Any, today: date) -> Any:
    match word:
        case "before":
            return value.isoformat() < operand.day
        case "after":
            return value.isoformat() > operand.day
        case "within_last":
            return today - days(operand) < value <= today
    return today <= value <= today + days(operand)


def days(duration: Duration) -> timedelta:
    assert not duration.months
    return math.ceil(timedelta(microseconds=duration.micros) / DAY) * DAY


def as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def as_number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return Fraction(str(value))
    except ValueError:
        return None


def as_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def ordered(value: Any) -> Any:
    if isinstance(value, Mean):
        return value.millionths
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def limit(value: Any, operand: float) -> Any:
    if math.isinf(operand):
        return operand
    exact = Fraction(repr(operand))
    if not isinstance(value, Mean):
        return exact
    return float(exact * 10**6) if abs(exact) < 10**200 else (1 if exact > 0 else -1) * math.inf


def metres(here: tuple[float, float], there: list[float]) -> float:
    """The great-circle distance by the haversine formula."""
    (a, b), (c, d) = ([math.radians(v) for v in point] for point in (here, there))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(h)))
