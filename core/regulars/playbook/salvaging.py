"""Salvaging: what is left of a part when everything that is wrong in it is taken out.

Its names can then be checked too, so that a file's problems are all told at once and not one
layer after the other. The playbook is refused anyway.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .positions import Document, Path, plain
from .validating import adapter, path_of

# What stands in a list for something that can't be mended: it means nothing, and keeps its number.
NO_CONDITION: dict[str, list[Any]] = {"all": []}
NO_STEP = "exit"
NO_GOAL = {"id": "none", "performed": "message.opened", "within": "1d"}
STAND_INS: dict[str | int, Any] = {
    "all": NO_CONDITION,
    "any": NO_CONDITION,
    "none": NO_CONDITION,
    "steps": NO_STEP,
    "then": NO_STEP,
    "else": NO_STEP,
    "goals": NO_GOAL,
}
ROUNDS = 4  # taking a word out may show that another is missing


def salvaged(document: Document, path: Path, kind: Any) -> Any:
    """The part at ``path`` as a ``kind`` without what is wrong in it, or None if nothing stands."""
    given = plain(document.entry(path).node)
    for done in range(ROUNDS):
        try:
            return adapter(kind).validate_python(given)
        except ValidationError as error:
            errors = error.errors(include_url=False)
            ways = [path_of(document, path, e)[len(path) :] for e in errors]
            mended = [
                _mended(given, at, e, words=not done) for at, e in zip(ways, errors, strict=True)
            ]
            if not any(mended):
                return None
    return None


def _mended(given: Any, at: Path, error: ErrorDetails, *, words: bool) -> bool:
    """Take out the wrong word, or replace the item that it is in; False if neither can be done."""
    word = (str(error["loc"][-1]),) if error["type"] == "extra_forbidden" else ()
    wrong = (*at, *word)
    if words and error["type"] != "missing" and wrong and isinstance(wrong[-1], str):
        return _taken_out(given, wrong)
    for end in range(len(at), 1, -1):
        if isinstance(at[end - 1], int) and at[end - 2] in STAND_INS:
            return _replaced(given, at[:end])
    return False


def _taken_out(given: Any, at: Path) -> bool:
    holder = _inside(given, at[:-1])
    return isinstance(holder, dict) and holder.pop(at[-1], holder) is not holder


def _replaced(given: Any, at: Path) -> bool:
    holder = _inside(given, at[:-1])
    if not isinstance(holder, list) or holder[int(at[-1])] == STAND_INS[at[-2]]:
        return False
    holder[int(at[-1])] = STAND_INS[at[-2]]
    return True


def _inside(given: Any, at: Path) -> Any:
    for step in at:
        within = step in given if isinstance(given, dict) else isinstance(given, list)
        if not within:
            return None
        given = given[step]
    return given
