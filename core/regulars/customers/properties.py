"""Event properties: they have no type, so each operand says how they are read.

A number compares with the property as a number, anything else with it as text; a date with its
first ten characters, as far as they are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, not_, or_

from .comparisons import BOUNDS, NEGATIVE, Subject, amount, holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement

    from regulars.hooks.kinds import Moment
    from regulars.playbook.conditions import Comparison


def reads_number(word: str, value: Any) -> bool:
    """Whether a word on an event's property looks at it as a number."""
    if word in BOUNDS or word == "between":
        return True
    values = value if isinstance(value, list) else [value]
    return any(_is_number(item) for item in values) and word != "known"


def reads_text(word: str, value: Any) -> bool:
    """Whether a word on an event's property looks at it as text."""
    if word in BOUNDS or word == "between":
        return False
    values = value if isinstance(value, list) else [value]
    return any(not _is_number(item) for item in values)


def property_holds(
    text: Callable[[], ColumnElement[Any]],
    number: Callable[[], ColumnElement[Any]],
    comparison: Comparison,
    moment: Moment,
) -> ColumnElement[bool]:
    """True where an event's property, read as text or number by each operand, compares so."""
    tests = []
    for word, value in comparison.words().items():
        positive = NEGATIVE.get(word, word)
        readings = []
        if reads_text(word, value):
            subject = Subject(text(), "text")
            ignore_case = comparison.ignore_case
            readings.append(
                holds(subject, positive, _as_text(word, value), moment, ignore_case=ignore_case)
            )
        if reads_number(word, value):
            readings.append(holds(amount(number()), positive, value, moment))
        test = or_(*readings)
        tests.append(not_(test) if word in NEGATIVE else test)
    return and_(*tests)


def _as_text(word: str, value: Any) -> Any:
    """A property that is true or false is kept as that word."""
    if isinstance(value, list):
        return [_as_text(word, item) for item in value]
    return str(value).lower() if isinstance(value, bool) and word != "known" else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
