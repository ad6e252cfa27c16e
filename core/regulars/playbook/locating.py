"""Locating: where in the file a validation error belongs, and which model stands there.

pydantic says where an error is by a path through its models. That path also holds names that are
not in the file: the tags of unions (``performed``, ``group``), names of types, gathered fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from .positions import Node, Path, inside

Loc = Sequence[str | int]


def locate(node: Node, loc: Loc) -> Path:
    """The path below ``node`` that ``loc`` means, without the names that are not in the file.

    Every way to leave names out is tried; the one that uses the last name, then most names, wins.
    """
    known: dict[tuple[int, int], tuple[bool, Path]] = {}

    def best(here: Node, at: int) -> tuple[bool, Path]:
        if at == len(loc):
            return False, ()
        if (id(here), at) not in known:
            found = best(here, at + 1)
            below = inside(here, loc[at])
            if below is not None:
                last, path = best(below.node, at + 1)
                used = (last or at == len(loc) - 1, (loc[at], *path))
                found = max(found, used, key=lambda way: (way[0], len(way[1])))
            known[id(here), at] = found
        return known[id(here), at]

    return best(node, 0)[1]


def model_at(kind: Any, loc: Loc) -> type[BaseModel] | None:
    """The model that ``loc`` leads to from the type ``kind``, or None."""
    if get_origin(kind) is Annotated:
        return model_at(get_args(kind)[0], loc)
    if get_origin(kind) in (Union, UnionType):
        return _member(get_args(kind), loc)
    if get_origin(kind) in (list, dict, Mapping):
        return model_at(get_args(kind)[-1], loc[1:]) if loc else None
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return None
    return _field(kind, loc) if loc else kind


def _field(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    for name, field in model.model_fields.items():
        if loc[0] in (name, field.alias):
            return model_at(field.annotation, loc[1:])
    return None


def _member(members: Sequence[Any], loc: Loc) -> type[BaseModel] | None:
    for member in members:
        if loc and loc[0] in _tags(member):
            return model_at(member, loc[1:])
    models = [member for member in members if model_at(member, ()) or get_args(member)]
    return model_at(models[0], loc) if len(models) == 1 else None


def _tags(member: Any) -> set[str]:
    if get_origin(member) is Annotated:
        return {note.tag for note in get_args(member)[1:] if isinstance(note, Tag)}
    return {getattr(member, "__name__", "")}


def words_of(model: type[BaseModel]) -> set[str]:
    """The words that a playbook may write in ``model``."""
    return {field.alias or name for name, field in model.model_fields.items()}
