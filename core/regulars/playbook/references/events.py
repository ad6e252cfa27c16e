"""Known events: which events can come, and which properties they can have.

That can be said only where every source of events has one name for its events, and of a
property only where every source of that event has a ``map``. Otherwise any name may be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from regulars.errors import Problem
from regulars.playbook.draft import Draft
from regulars.playbook.positions import Entry, ListNode, MapNode, Node, Path, ScalarNode
from regulars.playbook.suggestions import did_you_mean, unknown

FIELDS = ("customer", "time", "id", "event")  # of an event itself; the others are its properties
PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
MESSAGES = "message."  # what regulars records about its own messages

Properties = frozenset[str] | None


@dataclass(frozen=True)
class KnownEvents:
    """``properties`` of each event, None where any may come; ``open`` when any event may come."""

    draft: Draft
    properties: Mapping[str, Properties]
    open: bool

    def event(self, path: Path, at: str | Path, name: str) -> Iterator[Problem]:
        """The problem of the event ``name`` that ``at`` below ``path`` says, if none can come."""
        if not self.open and name not in self.properties and not name.startswith(MESSAGES):
            reason = unknown("event", name, self.properties)
            if not self.properties:
                reason += "; no source provides events"
            yield self.draft.document.problem(path, reason, at=(at,) if isinstance(at, str) else at)

    def property(
        self, path: Path, at: Path, event: str, name: str, *, key: bool = False
    ) -> Iterator[Problem]:
        """The problem of a property of ``event``, if it can have none of that name."""
        known = None if self.open else self.properties.get(event)
        if known is not None and name not in known:
            hint = did_you_mean(name, known)
            reason = f"unknown property '{name[:80]}' of the event '{event}'{hint}"
            yield self.draft.document.problem(path, reason, at=at, key=key)
        elif PROPERTY.fullmatch(name) is None:
            reason = f"'{name[:80]}' can't be a property's name; use letters, digits, _ and -"
            yield self.draft.document.problem(path, reason, at=at, key=key)

    def example(self, event: str) -> str:
        """A property of ``event`` to show how one is written."""
        known = sorted(self.properties.get(event) or ())
        return "total" if "total" in known or not known else known[0]


def known_events(draft: Draft) -> KnownEvents:
    """What the valid sources and ``emit`` steps say; open while any of them has a problem."""
    sources = [s for s in draft.parts["sources"].values() if s.provides == "events"]
    found: dict[str, Properties] = {}
    for source in sources:
        if source.event is not None:
            mapped = frozenset(source.map) - {*FIELDS} if source.map else None
            found[source.event] = _both(found, source.event, mapped)
    for event, properties in _emitted(draft.document.section("journeys")):
        found[event] = _both(found, event, properties)
    any_name = not draft.whole("sources") or any("event" in s.map for s in sources)
    return KnownEvents(draft, found, any_name)


def _emitted(entries: Mapping[str, Entry]) -> Iterator[tuple[str, Properties]]:
    """The events of ``emit`` steps as they are written, in journeys with problems too."""
    emit = entries.get("emit")
    if emit and isinstance(emit.node, ScalarNode) and isinstance(emit.node.value, str):
        properties = entries["properties"].node if "properties" in entries else None
        words = properties.entries if isinstance(properties, MapNode) else ()
        yield emit.node.value, frozenset(words)
    for entry in entries.values():
        yield from _emitted_below(entry.node)


def _emitted_below(node: Node) -> Iterator[tuple[str, Properties]]:
    if isinstance(node, MapNode):
        yield from _emitted(node.entries)
    for item in node.items if isinstance(node, ListNode) else ():
        yield from _emitted_below(item)


def _both(found: Mapping[str, Properties], event: str, more: Properties) -> Properties:
    before = found.get(event, frozenset())
    return None if before is None or more is None else before | more
