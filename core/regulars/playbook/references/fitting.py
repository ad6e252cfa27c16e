"""Fitting: whether a comparison makes sense for the type of what it compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars.errors import Problem
from regulars.playbook.conditions import Comparison
from regulars.playbook.explaining import shown
from regulars.playbook.positions import Document, Path
from regulars.playbook.suggestions import did_you_mean
from regulars.playbook.times import LocalTime

EQUAL = ("is", "is_not", "in", "not_in")
ORDER = ("at_least", "at_most", "more_than", "less_than", "between")
MATCH = ("contains", "starts_with", "ends_with")
CALENDAR = ("before", "after", "within_last", "within_next")
WORDS = {
    "text": (*EQUAL, *MATCH, "known", "ignore_case"),
    "number": (*EQUAL, *ORDER, "known"),
    "integer": (*EQUAL, *ORDER, "known"),
    "boolean": (*EQUAL, "known"),
    "date": (*EQUAL, *CALENDAR, "known"),
    "time": (*EQUAL, *CALENDAR, "known"),
    "point": ("known",),
    "list": ("contains", "known", "ignore_case"),
}
PYTHON: dict[str, Any] = {"text": str, "number": int | float, "boolean": bool}
WRITTEN: dict[str, Any] = {"date": date.fromisoformat, "time": LocalTime.parse}
ARTICLE = {
    "text": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a date",
    "time": "a time",
    "point": "a point",
    "list": "a list",
}


@dataclass(frozen=True)
class Typed:
    """The type of an attribute, trait or score, and its only possible values, if it says them."""

    type: str
    one_of: tuple[Any, ...] | None = None


def misfits(
    document: Document,
    path: Path,
    subject: str,
    typed: Typed,
    comparison: Comparison,
) -> Iterator[Problem]:
    """What is wrong with comparing ``subject`` so."""
    words = comparison.words()
    if comparison.ignore_case:
        words["ignore_case"] = True
    for word, value in words.items():
        if word not in WORDS[typed.type]:
            able = ", ".join(w for w in WORDS[typed.type] if w != "ignore_case")
            what = f"{subject}, which is {ARTICLE[typed.type]}"
            reason = f"'{word}' can't compare {what}; use {able}"
            yield document.problem(path, reason, at=(word,), key=True)
        elif word in EQUAL:
            choices = None if comparison.ignore_case else typed.one_of
            for at, item in _operands(word, value):
                if why := misfit(typed.type, item, choices):
                    yield document.problem(path, f"{subject} {why}", at=at)


def _operands(word: str, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        yield from (((word, place), item) for place, item in enumerate(value))
    else:
        yield (word,), value


def misfit(kind: str, value: Any, one_of: Sequence[Any] | None = None) -> str | None:
    """Why a value of type ``kind`` can never be ``value``, as what follows its name; or None."""
    if not _is(kind, value):
        quotes = "; put it in quotes" if kind == "text" else ""
        how = {"date": ', written "2026-12-01"', "time": ', written "2026-12-01 09:00"'}
        return f"is {ARTICLE[kind]}{how.get(kind, '')}, so it is never {shown(value)}{quotes}"
    if one_of is not None and value not in one_of:
        choices = ", ".join(str(choice) for choice in one_of)
        return f"is one of {choices}, never {shown(value)}{_hint(value, one_of)}"
    return None


def _hint(value: Any, one_of: Sequence[Any]) -> str:
    return did_you_mean(str(value), [str(choice) for choice in one_of])


def _is(kind: str, value: Any) -> bool:
    if kind in WRITTEN:
        return isinstance(value, str) and _reads(WRITTEN[kind], value)
    if isinstance(value, bool) or kind == "point":
        return kind == "boolean"
    if kind == "integer":
        return isinstance(value, int | float) and value == int(value)
    return isinstance(value, PYTHON[kind])


def _reads(read: Any, value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True
