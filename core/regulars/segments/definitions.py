"""Definitions of segments as text: what must be equal for a segment to be the same one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from regulars.playbook.conditions import Consented, InSegment, ScoreCondition, TraitCondition
from regulars.playbook.walking import conditions_of
from regulars.values import jsonable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from regulars.playbook.conditions import Condition
    from regulars.playbook.playbook import Playbook


def definition(playbook: Playbook, segment: str) -> str:
    """``segment`` and all that it refers to, as canonical JSON."""
    parts: dict[str, Any] = {}
    _gather(playbook, segment, parts)
    return json.dumps(parts, sort_keys=True)


def _gather(playbook: Playbook, segment: str, parts: dict[str, Any]) -> None:
    name = f"segments.{segment}"
    if name in parts:
        return
    condition = playbook.segments[segment]
    parts[name] = _plain(condition)
    for path, part in _references(playbook, condition):
        parts[path] = _plain(part)
    for _, inner in conditions_of(condition, ()):
        if isinstance(inner, InSegment):
            _gather(playbook, inner.segment, parts)


def _references(playbook: Playbook, condition: Condition) -> Iterator[tuple[str, BaseModel]]:
    for _, inner in conditions_of(condition, ()):
        if isinstance(inner, TraitCondition):
            yield f"traits.{inner.trait}", playbook.traits[inner.trait]
        if isinstance(inner, ScoreCondition):
            model = inner.score.partition(".")[0]
            yield f"models.{model}", playbook.models[model]
        if isinstance(inner, Consented):
            yield f"topics.{inner.consented}", playbook.topics[inner.consented]


def _plain(part: BaseModel) -> Any:
    return jsonable(part.model_dump(by_alias=True, exclude_defaults=True))
