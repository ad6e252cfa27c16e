"""Offers: asking one plugin for its kinds, and holding them to their promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from .attribution import Fault, fenced
from .kinds import (
    AllocationKind,
    AnalysisKind,
    ChannelKind,
    ConditionKind,
    ConnectorKind,
    Kind,
    LayoutKind,
    Medium,
    ModelKind,
    StarterKind,
    TraitKind,
    TriggerKind,
)
from .specs import OFFERS

if TYPE_CHECKING:
    from .loader import Implementation, Implementations

NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LONGEST_NAME = 80
_MOST_OFFERS = 1_000
_COMPUTES = ("open", "compile", "threads", "properties", "amounts", "misfit")
_LEARNS = ("outputs", "reads", "fit", "score")
_MEDIA = set(get_args(Medium))
_TRAIT_TYPES = {"integer", "number", "time", "text"}


@dataclass(frozen=True)
class Family:
    """One family of kinds: ``connectors``, of which one is a ``connector``.

    ``words`` are those beside ``use:`` that the playbook keeps for itself.
    """

    name: str
    noun: str
    hook: str
    kind: type[Any]
    words: frozenset[str] = frozenset({"use"})


_SOURCE_WORDS = frozenset({"use", "provides", "event", "map", "on_bad_row", "max_bad"})

_MODEL_WORDS = frozenset({"use", "refit", "drift", "split", "arms"})

FAMILIES = (
    Family("connectors", "connector", "regulars_connectors", ConnectorKind, _SOURCE_WORDS),
    Family("channels", "channel", "regulars_channels", ChannelKind, frozenset({"use", "to"})),
    Family("conditions", "condition", "regulars_conditions", ConditionKind),
    Family("traits", "trait", "regulars_traits", TraitKind),
    Family("triggers", "trigger", "regulars_triggers", TriggerKind),
    Family("models", "model", "regulars_models", ModelKind, _MODEL_WORDS),
    Family("analyses", "analysis", "regulars_analyses", AnalysisKind),
    Family("allocations", "allocation", "regulars_allocations", AllocationKind),
    Family("layouts", "layout", "regulars_templates", LayoutKind),
    Family("starters", "starter", "regulars_templates", StarterKind),
)

NOUNS = {family.name: family.noun for family in FAMILIES}  # by family, what one of it is called

Offers = Mapping[str, Mapping[str, Kind]]


def collect(hooks: Implementations) -> tuple[Offers, str | None]:
    """Everything that one plugin offers, by family and name, and what is wrong with it."""
    offers: dict[str, dict[str, Kind]] = {}
    faults = []
    for implementation in (i for hook in OFFERS for i in hooks.get(hook, ())):
        try:
            for family, kind in _asked(implementation):
                _keep(offers.setdefault(family.name, {}), kind, family)
        except Fault as fault:
            faults.append(f"{implementation.hook}: {fault}")
    return offers, "; ".join(faults) or None


def _keep(kept: dict[str, Kind], kind: Kind, family: Family) -> None:
    if kind.name in kept:
        raise Fault(f"it offers the {family.noun} {kind.name!r} twice")
    kept[kind.name] = kind


def _asked(implementation: Implementation) -> Iterator[tuple[Family, Kind]]:
    for kind in _listed(implementation()):
        family = next(
            (f for f in FAMILIES if f.hook == implementation.hook and isinstance(kind, f.kind)),
            None,
        )
        if family is None:
            wanted = [f.kind.__name__ for f in FAMILIES if f.hook == implementation.hook]
            raise Fault(f"it gave {_shown(kind)}, which is no {' or '.join(wanted)}")
        for problem in _problems(kind, family):
            raise Fault(f"{family.noun} {_shown(kind.name)}: {problem}")
        yield family, kind


def _listed(answer: object) -> list[Any]:
    """A generator fails only here, after the call."""
    if not isinstance(answer, Iterable) or isinstance(answer, str | bytes | Mapping):
        raise Fault(f"it gave {_shown(answer)}; return a list, an empty one for nothing")
    listed = fenced(lambda: list(islice(answer, _MOST_OFFERS + 1)))
    if len(listed) > _MOST_OFFERS:
        raise Fault(f"it offers more than {_MOST_OFFERS:,} things")
    return listed


def _shown(value: object) -> str:
    try:
        return repr(value)[:80]
    except Exception:  # noqa: BLE001 (a __repr__ is the plugin's code too)
        return f"a {type(value).__name__}"


def _problems(kind: Any, family: Family) -> Iterator[str]:
    """What a kind promises and does not hold, the name first."""
    if not isinstance(kind.name, str) or not NAME.fullmatch(kind.name):
        yield "a name is lower-case letters, digits, - and _, and starts with a letter"
    elif len(kind.name) > _LONGEST_NAME:
        yield f"a name has at most {_LONGEST_NAME} characters"
    if not isinstance(kind.summary, str) or not kind.summary.strip() or "\n" in kind.summary:
        yield "its summary must be one line of text"
    if hasattr(kind, "folder"):
        yield from _folder_problems(kind)
    else:
        yield from _config_problems(kind.config, family.words)
    for field in (*_COMPUTES, *_LEARNS):
        if hasattr(kind, field) and not callable(getattr(kind, field)):
            yield f"its {field} must be a function"
    if isinstance(kind, ChannelKind) and not (kind.accepts and set(kind.accepts) <= _MEDIA):
        yield "its accepts must name some of email, text and data"
    if isinstance(kind, TraitKind) and kind.type not in _TRAIT_TYPES:
        yield f"its type must be one of {', '.join(sorted(_TRAIT_TYPES))}"


def _config_problems(config: object, words: frozenset[str]) -> Iterator[str]:
    if not isinstance(config, type) or not issubclass(config, BaseModel):
        yield "its config must be a pydantic model; derive one from regulars.hooks.Settings"
        return
    if config.model_config.get("extra") != "forbid":
        yield f'its config {config.__name__} must refuse unknown words: extra="forbid"'
    for name, field in config.model_fields.items():
        if (field.alias or name) in words:
            yield f"its setting {field.alias or name!r} is a word of the playbook; rename it"


def _folder_problems(kind: Any) -> Iterator[str]:
    if not isinstance(kind.folder, Path):
        yield "its folder must be a pathlib.Path"
    elif isinstance(kind, LayoutKind) and not (kind.folder / f"{kind.name}.html.j2").is_file():
        yield f"its folder has no {kind.name}.html.j2"
    elif not kind.folder.is_dir():
        yield "its folder does not exist"
