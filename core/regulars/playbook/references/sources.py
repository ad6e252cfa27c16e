"""What sources map, and what the customer's profile says of its own attributes."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.errors import Problem
from regulars.playbook.positions import Path
from regulars.playbook.sources import CONSENT, EventColumn, Source

from .fitting import misfit
from .known import Known

NEEDED = {"customers": ("id",), "events": ("customer", "time")}


def check_sources(known: Known) -> Iterator[Problem]:
    """The map and the event of every source."""
    for name, source in known.draft.parts["sources"].items():
        path = ("sources", name)
        if source.event is not None and "." in source.event:
            yield known.draft.document.problem(path, dotted(source.event), at=("event",))
        if source.map:
            yield from _map(known, (*path, "map"), source)


def dotted(event: str) -> str:
    """The reason for an event's name with a dot, where the playbook itself names the event."""
    better = event.replace(".", "_")
    return f"an event's own name has no dot, because order.total is a property; write {better}"


def _map(known: Known, path: Path, source: Source) -> Iterator[Problem]:
    document = known.draft.document
    for field in NEEDED[source.provides]:
        if field not in source.map:
            reason = f"'{field}' is missing; a source of {source.provides} maps it to a column"
            yield document.problem(path, reason, key=True)
    for field, column in source.map.items():
        if isinstance(column, EventColumn) and (field != "event" or source.provides != "events"):
            reason = f"write the column's name alone: {field}: {column.column}"
            yield document.problem(path, reason, at=(field,))
        if field.startswith(CONSENT) and source.provides == "customers":
            yield from _consent(known, path, field)


def _consent(known: Known, path: Path, field: str) -> Iterator[Problem]:
    topic, _, channel = field.removeprefix(CONSENT).partition(".")
    yield from known.in_section("topics", "topic", path, (field,), topic)
    if channel:
        yield from known.in_section("channels", "channel", path, (field,), channel)


def check_customer(known: Known) -> Iterator[Problem]:
    """The identities, and the values in ``one_of``."""
    for place, name in enumerate(known.draft.identities):
        yield from known.is_attribute(("customer", "identities"), (place,), name)
    for name, attribute in known.draft.attributes.items():
        for place, value in enumerate(attribute.one_of or ()):
            if reason := misfit(attribute.type, value):
                path = ("customer", "attributes", name)
                reason = f"{name} {reason}"
                yield known.draft.document.problem(path, reason, at=("one_of", place))
