"""A shop whose data the tests of ingest load."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yaml
from regulars.customers.loading.ingest import Ingested, ingest
from regulars.playbook.loading import load_playbook
from regulars.store import Shape, Store, tables
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regulars.progress import Progress

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORDERS = {
    "use": "csv",
    "path": "orders.csv",
    "provides": "events",
    "event": "order",
    "map": {"customer": "who", "time": "at", "item": "item", "total": "total"},
}
PEOPLE = {"use": "csv", "path": "people.csv", "provides": "customers"}
TYPES = {
    "text": "text",
    "city": "text",
    "plan": "text",
    "birthday": "date",
    "joined": "time",
    "points": "integer",
    "weight": "number",
    "vip": "boolean",
    "home": "point",
}
ATTRIBUTES: Mapping[str, Any] = TYPES | {"plan": {"type": "text", "one_of": ["free", "pro"]}}
SHAPE = Shape(
    attributes=TYPES,
    texts=frozenset({"item"}),
    amounts=frozenset({"total"}),
    totals=frozenset({"total"}),
)


@dataclass
class Shop:
    """A folder with a playbook's files, and its store."""

    folder: Path
    store: Store

    def write(self, name: str, *lines: str) -> None:
        """A file of these lines."""
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines))

    def load(
        self,
        sources: Mapping[str, Any],
        now: datetime = NOW,
        progress: Progress | None = None,
        **words: Any,
    ) -> dict[str, Ingested]:
        """Ingest ``sources`` as a run would."""
        playbook = {
            "playbook": "shop",
            "customer": {"attributes": dict(ATTRIBUTES), "identities": ["email", "phone"]},
            "channels": {"sms": {"use": "console"}},
            "topics": {"offers": {"title": "Offers", "basis": "opt_in"}},
            "sources": dict(sources),
            **words,
        }
        path = self.folder / "playbook.yaml"
        path.write_text(yaml.safe_dump(playbook))
        loaded = load_playbook(path, {})
        return ingest(self.store, loaded, SHAPE, now, progress)

    def orders(self, *rows: str, **words: Any) -> Ingested:
        """Ingest orders.csv with these rows, one ``who,at,item,total`` each."""
        self.write("orders.csv", "who,at,item,total", *rows)
        return self.load({"orders": ORDERS | words})["orders"]

    def people(self, header: str, *rows: str, **words: Any) -> Ingested:
        """Ingest people.csv with these rows."""
        self.write("people.csv", header, *rows)
        return self.load({"people": PEOPLE | words})["people"]

    def rows(self, query: Any) -> list[tuple[Any, ...]]:
        """What ``query`` finds."""
        with self.store.transaction() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def events(self) -> list[tuple[Any, ...]]:
        """Customer, time, item and total of every event, sorted."""
        events, customers = self.store.tables.events, self.store.tables.customers
        return self.rows(
            select(customers.c.key, events.c.time, events.c.p_item, events.c.n_total)
            .where(customers.c.id == events.c.customer)
            .order_by(customers.c.key, events.c.time, events.c.p_item, events.c.n_total)
        )

    def properties(self) -> list[Any]:
        """The properties of every event, in the order in which they came."""
        events = self.store.tables.events
        found = self.rows(select(events.c.properties).order_by(events.c.id))
        return [properties and json.loads(properties) for (properties,) in found]

    def customer(self, key: str, *columns: str) -> Any:
        """These columns of a customer; a single one's value alone."""
        customers = self.store.tables.customers
        (found,) = self.rows(
            select(*(customers.c[c] for c in columns)).where(customers.c.key == key)
        )
        return found[0] if len(columns) == 1 else found

    def rejects(self) -> list[tuple[Any, ...]]:
        """File, row and reason of every rejected row."""
        rejects = tables.rejects
        chosen = select(rejects.c.origin, rejects.c.row, rejects.c.reason)
        return self.rows(chosen.order_by(rejects.c.origin, rejects.c.row))

    def count(self, table: Any) -> int:
        """How many rows ``table`` has."""
        return len(self.rows(select(table)))


def open_shop(folder: Path, url: str) -> Shop:
    """A shop with an empty store at ``url`` that has columns for what the tests use."""
    store = Store.open(url)
    store.fit(SHAPE)
    return Shop(folder, store)
