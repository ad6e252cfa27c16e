"""A customer's way through the journeys: entries, steps, where they stand, messages, feedback."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.journeys.program import program
from regulars.playbook.journeys import Wait, WaitFor
from regulars.segments import explaining
from regulars.store import of_any_name, tables

from .person import minute
from .reasons import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regulars.playbook.journeys import Step

    from .person import Person

FEEDBACK = "message."  # what the names of events that providers report begin with
_ENTRY = (
    *("id", "journey", "key", "occurred_at", "entered_at", "event", "state", "reason"),
    *("ended_at", "goal_at"),
)
_MESSAGE = (
    *("id", "entry", "journey", "step", "message", "channel", "address", "state", "reason"),
    *("detail", "attempts", "provider_id", "planned_at", "due_at", "hold_until", "settled_at"),
    "decided_by",
)


def entries_of(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The customer's entries by journey, oldest first, each with all that followed from it."""
    steps, stands, messages = _steps(person), _positions(person), _messages(person)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _entries(person):
        number, event = row.pop("id"), row.pop("event")
        found[row["journey"]].append(
            {
                **row,
                "by": _by(person, row["journey"], event),
                "steps": steps[number],
                "stands": stands.get(number),
                "messages": messages[number],
            }
        )
    return found


def _entries(person: Person) -> list[dict[str, Any]]:
    entries, journeys = tables.entries, tables.journeys
    query = (
        select(*(entries.c[name] for name in _ENTRY))
        .where(entries.c.customer == person.number)
        .where(entries.c.journey.in_(select(journeys.c.name)))  # so that an index finds them
        .order_by(entries.c.occurred_at, entries.c.id)
    )
    return person.rows(query)


def _by(person: Person, journey: str, event: int | None) -> dict[str, Any]:
    """What let them in: an event of theirs, or the journey's trigger."""
    if event is not None:
        events, names = tables.events, tables.event_names
        query = (
            select(names.c.name.label("event"), events.c.time, events.c.properties)
            .join(names, names.c.id == events.c.name)
            .where(events.c.id == event)
        )
        for row in person.rows(query):
            return row | {"properties": json.loads(row["properties"] or "{}")}
        return {"event": "one that is not kept any more"}
    known = person.scope.playbook.journeys.get(journey)
    if known is None:
        return {}
    trigger = known.when.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {word: trigger[word] for word in trigger if word not in ("where", "key")}


def _of_entries(person: Person, table: Any) -> Any:
    entries = tables.entries
    mine = select(entries.c.id).where(
        entries.c.customer == person.number,
        entries.c.journey.in_(select(tables.journeys.c.name)),
    )
    return table.c.entry.in_(mine)


def _steps(person: Person) -> dict[int, list[dict[str, Any]]]:
    """What each entry has done, in the order it was done."""
    steps, entries = tables.steps, tables.entries
    query = select(entries.c.journey, steps.c.entry, steps.c.step, steps.c.at, steps.c.outcome)
    query = query.join(entries, entries.c.id == steps.c.entry)
    order = {
        (name, step.id): place
        for name, journey in person.scope.playbook.journeys.items()
        for place, step in enumerate(program(journey))
    }
    rows = person.rows(query.where(_of_entries(person, steps)))
    rows.sort(key=lambda row: (row["at"], order.get((row.pop("journey"), row["step"]), 0)))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.pop("entry")].append(row)
    return found


def _positions(person: Person) -> dict[int, dict[str, Any]]:
    """Where each active entry stands, and what it waits for in words."""
    positions = tables.positions
    columns = ("entry", "journey", "step", "arrived_at", "due_at")
    query = select(*(positions.c[name] for name in columns)).where(_of_entries(person, positions))
    known = {
        (name, step.id): step.step
        for name, journey in person.scope.playbook.journeys.items()
        for step in program(journey)
    }
    found = {}
    for row in person.rows(query):
        step = known.get((row.pop("journey"), row["step"]))
        found[row.pop("entry")] = row | {"waits": _waits(person, step, row)}
    return found


def _waits(person: Person, step: Step | None, row: Mapping[str, Any]) -> str:
    match step:
        case Wait():
            return f"waits until {person.on_their_clock(row['due_at'])}"
        case WaitFor(wait_for=condition):
            words = explaining.in_words(condition)
            return f"waits for {words}, at most until {minute(row['due_at'])}"
    return "goes on with the next run"


def _messages(person: Person) -> dict[int, list[dict[str, Any]]]:
    ledger = tables.deliveries
    query = (
        select(*(ledger.c[name] for name in _MESSAGE))
        .where(ledger.c.customer == person.number)
        .order_by(ledger.c.id)
    )
    feedback = _feedback(person)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in person.rows(query):
        told = row | {"why": in_words(person, row), "feedback": feedback[row["id"]]}
        entry = told.pop("entry")
        del told["decided_by"]
        found[entry].append(told)
    return found


def _feedback(person: Person) -> dict[int, list[dict[str, Any]]]:
    """What providers reported, by the message that it is about."""
    events, names = tables.events, tables.event_names
    query = (
        select(names.c.name.label("event"), events.c.time, events.c.properties)
        .join(names, names.c.id == events.c.name)
        .where(of_any_name(events), events.c.customer == person.number)
        .where(names.c.name.startswith(FEEDBACK), events.c.time <= person.now)
        .order_by(events.c.time, events.c.id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in person.rows(query):
        about = json.loads(row.pop("properties") or "{}").get("delivery")
        if str(about or "").isdecimal():
            found[int(about)].append(row)
    return found


def any_active(entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of ``entries`` is still active."""
    return any(entry["state"] == "active" for entry in entries)
