"""The comparison words as SQL over one typed column, in two-valued logic.

Every positive word is ``column IS NOT NULL AND column … value``, which is never NULL, or the second
half of it where the column is always known; a negative word is the NOT of its positive one.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, false, func, not_

from regulars.amounts import SCALE
from regulars.instants import micros
from regulars.store.functions import contains, ends_with, fold, fold_text, starts_with

from . import operands
from .lists import item_in_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement

    from regulars.hooks.kinds import Moment
    from regulars.playbook.conditions import Comparison

SubjectType = Literal[
    "text", "integer", "amount", "number", "boolean", "date", "time", "point", "list"
]

NEGATIVE = {"is_not": "is", "not_in": "in"}
BOUNDS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any], int]]] = {
    "at_least": (operator.ge, operands.ceiling),
    "more_than": (operator.gt, operands.floor),
    "at_most": (operator.le, operands.floor),
    "less_than": (operator.lt, operands.ceiling),
}
_MATCHES = {"contains": contains, "starts_with": starts_with, "ends_with": ends_with}


@dataclass(frozen=True)
class Subject:
    """What is compared: a column, how it is stored and what its numbers are multiplied by.

    ``known`` says that it is never NULL.
    """

    column: ColumnElement[Any]
    type: SubjectType
    scale: int = 1
    known: bool = False


def amount(column: ColumnElement[Any]) -> Subject:
    """A column of whole millionths."""
    return Subject(column, "amount", SCALE)


def compare(subject: Subject, comparison: Comparison, moment: Moment) -> ColumnElement[bool]:
    """True where every word of ``comparison`` holds; false where the column is unknown."""
    ignore_case = comparison.ignore_case
    return and_(
        *(
            holds(subject, word, value, moment, ignore_case=ignore_case)
            for word, value in comparison.words().items()
        )
    )


def holds(
    subject: Subject, word: str, value: Any, moment: Moment, *, ignore_case: bool = False
) -> ColumnElement[bool]:
    """True where the one comparison ``word`` holds."""
    if word in NEGATIVE:
        return not_(holds(subject, NEGATIVE[word], value, moment, ignore_case=ignore_case))
    if word == "known":
        return subject.column.is_not(None) if value else subject.column.is_(None)
    if subject.type in {"text", "list"} and ignore_case:
        return _compared(
            replace(subject, column=fold(subject.column)), word, _folded(value), moment
        )
    return _compared(subject, word, value, moment)


def _compared(subject: Subject, word: str, value: Any, moment: Moment) -> ColumnElement[bool]:
    """A positive word: never NULL, false where it has no meaning for the column's type."""
    match word:
        case "is":
            test = _among(subject, [value], moment)
        case "in":
            test = _among(subject, value, moment)
        case "between":
            low = _bounded(subject, "at_least", value[0])
            high = _bounded(subject, "at_most", value[1])
            test = None if low is None or high is None else and_(low, high)
        case "at_least" | "at_most" | "more_than" | "less_than":
            test = _bounded(subject, word, value)
        case "contains" if subject.type == "list":
            item = operands.storable(value)
            test = None if item is None else contains(subject.column, item_in_list(item))
        case "contains" | "starts_with" | "ends_with":
            text = operands.storable(value) if subject.type == "text" else None
            test = None if text is None else _MATCHES[word](subject.column, text)
        case _:
            test = _timed(subject, word, value, moment)
    if test is None:
        return false()
    return test if subject.known else and_(subject.column.is_not(None), test)


def _among(subject: Subject, values: list[Any], moment: Moment) -> ColumnElement[bool] | None:
    stored = [_stored(subject, value, moment) for value in values]
    possible = list(dict.fromkeys(value for value in stored if value is not None))
    if not possible:
        return None
    test: ColumnElement[bool] = subject.column.in_(possible)
    return test if len(possible) > 1 else subject.column == possible[0]


def _stored(subject: Subject, value: Any, moment: Moment) -> Any:
    """``value`` as the column would hold it, or None if it never does."""
    match subject.type:
        case "integer" | "amount":
            number = operands.exact(value, subject.scale)
            return None if number is None else operands.whole(number)
        case "number":
            number = operands.exact(value, subject.scale)
            return None if number is None else operands.double(number)
        case "boolean":
            return int(value) if isinstance(value, bool) else None
        case "time":
            time = operands.local_time(value)
            return None if time is None else operands.instant_of(time, moment)
        case _:
            return operands.storable(value)


def _bounded(subject: Subject, word: str, value: Any) -> ColumnElement[bool] | None:
    number = operands.exact(value, subject.scale)
    if number is None or subject.type not in {"integer", "amount", "number"}:
        return None
    compares, rounded = BOUNDS[word]
    operand = operands.double(number) if subject.type == "number" else rounded(number)
    test: ColumnElement[bool] = compares(subject.column, operand)
    return test


def _timed(subject: Subject, word: str, value: Any, moment: Moment) -> ColumnElement[bool] | None:
    if subject.type == "time":
        return _instant(subject.column, word, value, moment)
    if subject.type == "date":
        return _day(subject.column, word, value, moment)
    if subject.type == "text":  # an event's property, which has no type: as far as it is a date
        column = subject.column
        return and_(
            column.like("____-__-__%"), _day(func.substr(column, 1, 10), word, value, moment)
        )
    return None


def _instant(column: Any, word: str, value: Any, moment: Moment) -> ColumnElement[bool]:
    now = micros(moment.now)
    test: ColumnElement[bool]
    match word:
        case "before":
            test = column < operands.instant_of(value, moment)
        case "after":
            test = column > operands.instant_of(value, moment)
        case "within_last":
            test = and_(column > operands.window_start(value, moment), column <= now)
        case _:
            test = and_(column > now, column <= operands.window_end(value, moment))
    return test


def _day(column: Any, word: str, value: Any, moment: Moment) -> ColumnElement[bool]:
    today = operands.today(moment).isoformat()
    test: ColumnElement[bool]
    match word:
        case "before":
            test = column < value.day
        case "after":
            test = column > value.day
        case "within_last":
            start = operands.day_before(value, moment).isoformat()
            test = and_(column > start, column <= today)
        case _:
            end = operands.day_after(value, moment).isoformat()
            test = and_(column >= today, column <= end)
    return test


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return fold_text(value)
    return [_folded(item) for item in value] if isinstance(value, list) else value
