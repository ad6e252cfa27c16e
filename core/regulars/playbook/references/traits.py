"""What traits name: events and their properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from regulars.errors import Problem
from regulars.playbook.positions import Path
from regulars.playbook.traits import KINDS, PluginTrait, event_and_property

from .conditions import check_where
from .known import Known

OPTIONAL = ("first", "last")  # without a property they are the event's time


def check_traits(known: Known) -> Iterator[Problem]:
    """Every declared trait that isn't a plugin's."""
    for name, trait in known.draft.parts["traits"].items():
        if not isinstance(trait, PluginTrait):
            yield from _check(known, ("traits", name), trait)


def _check(known: Known, path: Path, trait: Any) -> Iterator[Problem]:
    kind = next(word for word in KINDS if word in type(trait).model_fields)
    event, name = event_and_property(getattr(trait, kind))
    yield from known.events.event(path, kind, event)
    yield from check_where(known, path, event, trait.where)
    if kind == "count" and name is not None:
        reason = f"count counts events: write count: {event}, or distinct: {event}.{name}"
        yield known.draft.document.problem(path, reason, at=(kind,))
    elif name is not None:
        yield from known.events.property(path, (kind,), event, name)
    elif kind not in (*OPTIONAL, "count"):
        reason = f"{kind} needs a property of the event: write {kind}: "
        reason += f"{event}.{known.events.example(event)}"
        yield known.draft.document.problem(path, reason, at=(kind,))
