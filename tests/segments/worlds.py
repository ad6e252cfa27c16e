"""Small worlds: customers and events as Python data, written to a store as a load would."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from regulars.customers.columns import attribute_column, unit_vector
from regulars.customers.refreshing import refresh_traits
from regulars.customers.samples import fill_samples
from regulars.customers.traits import plan_traits
from regulars.hooks import Plugins
from regulars.instants import micros
from regulars.playbook.conditions import Condition
from regulars.playbook.messages import Topic
from regulars.playbook.models import Model
from regulars.playbook.playbook import CustomerProfile, Playbook
from regulars.playbook.traits import Trait
from regulars.segments.membership import SegmentCount, members, refresh_segments
from regulars.segments.scope import Scope
from regulars.store import event_code, insert_rows, tables
from regulars.stored import amount_column, amount_of, text_column, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regulars.store import Store

    from .evaluator import Person

ATTRIBUTES = {
    "city": "text",
    "visits": "integer",
    "height": "number",
    "vip": "boolean",
    "birthday": "date",
    "joined": "time",
    "home": "point",
}
TOPICS = {
    "offers": {"title": "Offers", "basis": "opt_in"},
    "news": {"title": "News", "basis": "opt_out"},
    "orders": {"title": "Orders", "basis": "transactional"},
}
_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
_TRAIT: TypeAdapter[Any] = TypeAdapter(Trait)
_KEYS = count(1)
TOYS = Path(__file__).parents[1] / "predictions" / "toys.py"  # every playbook has a model of them
PLUGINS = Plugins.load(allow=(), files=[TOYS])


def make_playbook(
    segments: Mapping[str, Any],
    traits: Mapping[str, Any] | None = None,
    attributes: Mapping[str, str] | None = None,
    zone: str = "UTC",
) -> Playbook:
    """A playbook of these parts, written as in YAML."""
    return Playbook(
        id="test",
        path=Path("playbook.yaml"),
        timezone=ZoneInfo(zone),
        customer=CustomerProfile.model_validate({"attributes": attributes or ATTRIBUTES}),
        models={"value": Model.model_validate({"use": "pace", "event": "order"})},
        traits={name: _TRAIT.validate_python(trait) for name, trait in (traits or {}).items()},
        topics={name: Topic.model_validate(topic) for name, topic in TOPICS.items()},
        segments={name: _CONDITION.validate_python(text) for name, text in segments.items()},
    )


def run(
    store: Store, playbook: Playbook, now: datetime, plugins: Plugins | None = None
) -> tuple[Scope, dict[str, SegmentCount]]:
    """The stages of a run from samples to segments."""
    plugins = plugins or PLUGINS
    plan = plan_traits(playbook, plugins)
    fill_samples(store, plan)
    refresh_traits(store, plan, now)
    with store.transaction() as connection:
        scope = Scope.of(connection, playbook, plugins, plan, store.tables, now)
    return scope, refresh_segments(store, scope)


def fit(store: Store, playbook: Playbook, plugins: Plugins | None = None) -> None:
    store.fit(plan_traits(playbook, plugins or PLUGINS).shape)


def inside(store: Store, segment: str) -> list[str]:
    with store.transaction() as connection:
        return list(members(connection, segment))


def write(store: Store, playbook: Playbook, people: Sequence[Person]) -> None:
    """Put ``people`` into the fitted, empty store."""
    with store.transaction() as connection:
        customers = store.tables.customers
        names = [n for n in playbook.customer.attributes if f"a_{n}" in customers.c]
        points = [n for n in names if playbook.customer.attributes[n].type == "point"]
        columns = ["id", "key", *(attribute_column(customers, name).name for name in names)]
        columns += [f"{axis}_{name}" for name in points for axis in "xyz"]
        rows = [
            (
                number,
                person.key,
                *(_cell(person.attributes.get(name)) for name in names),
                *(_axis(person.attributes.get(name), i) for name in points for i in range(3)),
            )
            for number, person in enumerate(people, 1)
        ]
        insert_rows(connection, customers, columns, rows)
        _write_events(connection, store, people)
        consents = [
            (number, topic, channel, int(granted), 0)
            for number, person in enumerate(people, 1)
            for (topic, channel), granted in person.consents.items()
        ]
        names = ["customer", "topic", "channel", "granted", "at"]
        insert_rows(connection, tables.consents, names, consents)
        numbered = enumerate(people, 1)
        scores = [(number, *person.scores.values()) for number, person in numbered if person.scores]
        insert_rows(connection, store.tables.scores, ["customer", "s_value.alive"], scores)


def _write_events(connection: Any, store: Store, people: Sequence[Person]) -> None:
    events = store.tables.events
    properties = sorted({p for person in people for e in person.events for p in e.properties})
    texts = [name for name in properties if text_column(name) in events.c]
    amounts = [name for name in properties if amount_column(name) in events.c]
    columns = ["id", "customer", "time", "name", "source", "key"]
    columns += [text_column(name) for name in texts] + [amount_column(name) for name in amounts]
    rows = [
        (
            event.number,
            number,
            micros(event.time),
            event_code(connection, event.name),
            1,
            next(_KEYS).to_bytes(16, "big"),
            *(text_of(event.properties.get(name)) for name in texts),
            *(amount_of(event.properties.get(name)) for name in amounts),
        )
        for number, person in enumerate(people, 1)
        for event in person.events
    ]
    insert_rows(connection, events, columns, rows)


def empty(store: Store) -> None:
    """Take everybody out of the store."""
    with store.transaction() as connection:
        for table in (
            store.tables.events,
            store.tables.customers,
            tables.consents,
            store.tables.scores,
            tables.members,
            tables.changes,
            tables.standing,
            tables.touched,
        ):
            connection.execute(table.delete())
        forgotten = tables.facts.c.name.in_(["traits.computed", "segments.evaluated"])
        connection.execute(tables.facts.delete().where(forgotten))


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"{value[0]},{value[1]}"
    return int(value) if isinstance(value, bool) else value


def _axis(value: Any, axis: int) -> float | None:
    with suppress(TypeError):
        return unit_vector(*value)[axis]
    return None


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]
