"""A desk on which messages are planned and decided, on each kind of database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.samples import fill_samples
from regulars.customers.traits import plan_traits
from regulars.instants import micros
from regulars.playbook.loading import load_playbook
from regulars.policy import LastLook, decide
from regulars.segments.scope import Scope
from regulars.store import Store, insert_rows, tables
from sqlalchemy import delete, select, update

from tests.runs.conftest import anywhere, client

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from regulars.playbook.loading import Loaded

__all__ = ["anywhere", "client"]

NOON = "2026-08-12T12:00Z"  # a Wednesday

HEAD = """\
playbook: shop
timezone: UTC
sources:
  orders:
    {use: csv, path: orders.csv, provides: events, event: order, map: {customer: c, time: t, id: n}}
channels:
  mail: {use: outbox, path: out/mail}
  sms: {use: outbox, path: out/sms}
topics:
  offers: {title: Offers, basis: opt_out}
  news: {title: News, basis: opt_in}
  orders: {title: Your order, basis: transactional}
messages:
  hello: {topic: offers, mail: {subject: Hello, body: Come by.}, sms: {text: Come by.}}
  letter: {topic: news, mail: {subject: News, body: What is new.}}
  receipt: {topic: orders, mail: {subject: Thanks, body: Your order.}, sms: {text: Thanks.}}
journeys:
  welcome: {when: {event: order}, steps: [{send: hello}]}
  winback: {when: {event: order}, priority: 10, steps: [{send: hello}, {send: letter}]}
  bought: {when: {event: order}, steps: [{send: receipt}]}
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class Desk:
    """A store with a playbook; customers are called by their keys."""

    store: Store
    folder: Path
    loaded: Loaded
    runs: int = 0

    def write(self, rest: str = "", head: str = HEAD) -> None:
        """Edit the playbook."""
        path = self.folder / "playbook.yaml"
        path.write_text(head + rest, encoding="utf-8")
        self.loaded = load_playbook(path, {}, lambda *_: [])

    def customer(
        self, key: str, email: str | None = "", phone: str | None = None, zone: str | None = None
    ) -> None:
        """Make a customer; without an address of their own they have one made of the key."""
        email = f"{key}@example.com" if email == "" else email
        rows = [(key, email, phone, zone)]
        with self.store.transaction() as connection:
            columns = ("key", "email", "phone", "timezone")
            insert_rows(connection, tables.customers, columns, rows)

    def number(self, key: str) -> int:
        with self.store.reading() as connection:
            query = select(tables.customers.c.id).where(tables.customers.c.key == key)
            return int(connection.scalar(query) or 0)

    def plan(
        self,
        key: str,
        message: str = "hello",
        *,
        journey: str = "welcome",
        due: str = NOON,
        step: str | None = None,
    ) -> int:
        """Plan a message for a customer who enters the journey; the delivery's number."""
        entries, deliveries, customer, when = (
            *(tables.entries, tables.deliveries),
            *(self.number(key), micros(at(due))),
        )
        with self.store.transaction() as connection:
            taken = connection.execute(select(entries.c.id)).all()
            entry = (len(taken) + 1, journey, customer, f"e{len(taken)}", when, when, "active")
            columns = ("id", "journey", "customer", "key", "occurred_at", "entered_at", "state")
            insert_rows(connection, entries, columns, [entry])
            row = (journey, entry[0], step or message, customer, message, "planned")
            times = (when, 1, when, when)
            what = ("journey", "entry", "step", "customer", "message", "state")
            whens = ("planned_at", "planned_by", "occurred_at", "due_at")
            insert_rows(connection, deliveries, (*what, *whens), [(*row, *times)])
            numbers = select(deliveries.c.id).where(deliveries.c.entry == entry[0])
            return int(connection.scalar(numbers) or 0)

    def scope(self, now: str) -> Scope:
        playbook, plugins = self.loaded.playbook, self.loaded.plugins
        traits = plan_traits(playbook, plugins)
        self.store.fit(traits.shape)
        fill_samples(self.store, traits)
        with self.store.reading() as connection:
            return Scope.of(connection, playbook, plugins, traits, self.store.tables, at(now))

    def decide(self, now: str = NOON) -> list[str]:
        """Let a run decide; what became of every message in the order they were planned."""
        self.runs += 1
        decide(self.store, self.scope(now), self.runs)
        return self.verdicts()

    def verdicts(self) -> list[str]:
        """``mail`` or ``sms`` for what may go, else the state with its reason."""
        return [
            row.channel if row.state == "planned" else f"{row.state}({row.reason})"
            if row.reason else row.state
            for row in self.rows()
        ]  # fmt: skip

    def rows(self) -> Sequence[Any]:
        """The ledger."""
        with self.store.reading() as connection:
            return connection.execute(select(tables.deliveries).order_by("id")).all()

    def send(self, now: str = NOON) -> int:
        """Everything that is planned goes; how many messages that are."""
        self.set_rows(
            tables.deliveries.c.state == "planned",
            state="sent",
            attempts=1,
            settled_at=micros(at(now)),
            decided_by=self.runs,
        )
        return [row.state for row in self.rows()].count("sent")

    def run(self, now: str = NOON) -> list[str]:
        """Decide and send, as a run does."""
        self.decide(now)
        self.send(now)
        return self.verdicts()

    def set_rows(self, where: Any, **values: Any) -> None:
        with self.store.transaction() as connection:
            connection.execute(update(tables.deliveries).where(where).values(values))

    def insert(self, table: Any, **row: Any) -> None:
        with self.store.transaction() as connection:
            insert_rows(connection, table, tuple(row), [tuple(row.values())])

    def empty(self, table: Any, *where: Any) -> None:
        with self.store.transaction() as connection:
            connection.execute(delete(table).where(*where))

    def all(self, table: Any) -> Sequence[Any]:
        with self.store.reading() as connection:
            return connection.execute(select(table)).all()

    def consent(self, key: str, topic: str, channel: str, granted: int, when: str = NOON) -> None:
        row = {"customer": self.number(key), "topic": topic, "channel": channel}
        self.insert(tables.consents, **row, granted=granted, at=micros(at(when)))

    def last_look(self, now: str = NOON) -> dict[int, str]:
        """Claim everything that is planned; what must not go out any more."""
        ids = [row.id for row in self.rows() if row.state == "planned"]
        self.set_rows(tables.deliveries.c.id.in_(ids), state="claimed", attempts=1)
        scope = self.scope(now)
        with self.store.transaction() as connection:
            return LastLook(connection, scope).refusals(connection, ids)


def _desk(url: str, folder: Path) -> Desk:
    path = folder / "playbook.yaml"
    path.write_text(HEAD, encoding="utf-8")
    return Desk(Store.open(url), folder, load_playbook(path, {}, lambda *_: []))


@pytest.fixture
def desk(store_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The desk on each kind of database."""
    made = _desk(store_url, tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def corner(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The desk on SQLite."""
    made = _desk(sqlite_url, tmp_path)
    yield made
    made.store.close()
