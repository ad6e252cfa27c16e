"""Validating: one part of the document → its model, or every problem it has with their places."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from regulars.errors import Problem

from .conditions import PLAIN, Comparison, Group
from .explaining import EXPECTED, explain
from .goals import GOALS
from .journeys import STEPS
from .locating import locate, model_at, words_of
from .positions import Document, MapNode, Node, Path, ScalarNode, plain
from .suggestions import closest, unknown
from .traits import MODELS as TRAITS
from .triggers import MODELS as TRIGGERS

CHOICES = {
    "unknown_step": ("step", STEPS),
    "unknown_trait_kind": ("kind of trait", TRAITS),
    "unknown_trigger": ("kind of trigger", TRIGGERS),
    "unknown_goal": ("kind of goal", GOALS),
}
COMPARING = words_of(Comparison)
ABOUT_A_WORD = frozenset({"missing", "extra_forbidden"})


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What validates a ``kind``."""
    return TypeAdapter(kind)


def validated(document: Document, path: Path, kind: Any) -> tuple[Any, list[Problem]]:
    """The part at ``path`` as a ``kind``, or None and its problems."""
    given = plain(document.entry(path).node)
    try:
        return adapter(kind).validate_python(given), []
    except ValidationError as error:
        return None, list(problems_of(document, path, kind, error))


def problems_of(
    document: Document,
    path: Path,
    kind: Any,
    error: ValidationError,
    words: Collection[str] = (),
) -> Iterator[Problem]:
    """Every problem in ``error``, placed; ``words`` may stand beside those of ``kind``."""
    found = [(path_of(document, path, e), e) for e in error.errors(include_url=False)]
    wholes = {at[:n] for at, e in found for n in range(len(at) + (e["type"] in ABOUT_A_WORD))}
    strange: dict[Path, list[ErrorDetails]] = {}
    wrong: dict[Path, list[ErrorDetails]] = {}
    for at, detail in found:
        if detail["type"] == "missing":
            reason = f"'{detail['loc'][-1]}' is missing"
            yield document.problem(at, reason, key=isinstance(at[-1], str))
        elif detail["type"] == "extra_forbidden":
            strange.setdefault(at, []).append(detail)
        elif not (at in wholes and detail["type"] in EXPECTED):  # another type came further
            wrong.setdefault(at, []).append(detail)
    for at, details in strange.items():
        yield from _strange(document, at, model_at(kind, details[0]["loc"][:-1]), details, words)
    for at, details in wrong.items():
        yield _wrong(document, at, details)


def path_of(document: Document, path: Path, error: ErrorDetails) -> Path:
    """The path of what is wrong; for a word missing or unknown, of the mapping it belongs to."""
    about_word = error["type"] in ABOUT_A_WORD
    node = document.entry(path).node
    at = locate(node, error["loc"][:-1] if about_word else error["loc"])
    whole = about_word or isinstance(error["input"], Mapping)
    if at and whole and not _stands_in(document.entry((*path, *at)).node, error):
        at = at[:-1]  # the name of a condition's or a step's kind is also that of a field in it
    return (*path, *at)


def _stands_in(node: Node, error: ErrorDetails) -> bool:
    """Whether ``node`` can be the mapping that ``error`` speaks of."""
    if not isinstance(node, MapNode):
        return False
    if error["type"] == "extra_forbidden":
        return str(error["loc"][-1]) in node.entries
    words = {word for word in error["input"] if isinstance(word, str)}
    return error["type"] != "missing" or words <= {*node.entries, "parts"}


def _strange(
    document: Document,
    at: Path,
    model: type[BaseModel] | None,
    details: Sequence[ErrorDetails],
    words: Collection[str],
) -> Iterator[Problem]:
    names = [str(detail["loc"][-1]) for detail in details]
    known = {*words, *(words_of(model) if model else ())}
    if model is not Group:
        for name in names:
            reason = unknown("field", name, known)
            if name in STEPS and model in STEPS.values():
                reason = f"'{name}' is a step of its own; begin it with a dash"
            yield document.problem(at, reason, at=(name,), key=True)
        return
    known |= set(PLAIN)
    meant = [name for name in names if closest(name, known)]
    for name in meant[:1] or names[:1]:  # the others belong to that one
        reason = unknown("condition", name, known)
        if name in COMPARING:
            reason = f"'{name}' of what? Write attribute, trait, score or performed beside it"
        yield document.problem(at, reason, at=(name,), key=True)


def _wrong(document: Document, at: Path, details: Sequence[ErrorDetails]) -> Problem:
    kind = details[0]["type"]
    if kind not in CHOICES:
        return document.problem(at, explain(details))
    noun, known = CHOICES[kind]
    node = document.entry(at).node
    for word in node.entries if isinstance(node, MapNode) else ():
        if closest(word, known):
            return document.problem(at, unknown(noun, word, known), at=(word,), key=True)
    if isinstance(node, ScalarNode) and closest(str(node.value), known):
        return document.problem(at, unknown(noun, str(node.value), known))
    return document.problem(at, details[0]["msg"])
