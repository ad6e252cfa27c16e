"""A shop that has sent messages, and files of feedback about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from regulars.delivery.feedback import Feedback, load_feedback
from regulars.delivery.keys import delivery_key
from regulars.instants import micros
from regulars.playbook.links import Links
from regulars.playbook.messages import Message, Topic
from regulars.store import tables
from sqlalchemy import select

from tests.delivery.conftest import NOW, Shop

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "a key of the corner bakery"
LATER = datetime(2026, 8, 1, 12, tzinfo=UTC)


@dataclass
class Post:
    """The shop, and what comes back to it."""

    shop: Shop

    def send(self, *addresses: str, message: str = "news") -> None:
        """Plan a message to a new customer for each address, and send it."""
        self.shop.plan(*addresses, message=message)
        self.shop.deliver()

    def key(self, number: int) -> str:
        """The delivery key of the message to customer ``number``."""
        at = str(micros(NOW))
        return delivery_key("bakery", "welcome", "hello", f"c{number}", f"e{number}", at)

    def say(self, *reports: dict[str, Any], at: datetime = LATER) -> Feedback:
        """Load reports as JSON lines; a number stands for the delivery of that customer."""
        lines = []
        for report in reports:
            about = report.get("delivery")
            named = self.key(about) if isinstance(about, int) else about
            lines.append(json.dumps(report | ({"delivery": named} if about else {})))
        return self.load("\n".join(lines).encode(), at=at)

    def load(self, *contents: bytes, at: datetime = LATER) -> Feedback:
        """Load files with these contents."""
        folder = self.shop.playbook.folder
        files: list[Path] = []
        for number, content in enumerate(contents):
            files.append(folder / f"feedback-{number}")
            files[-1].write_bytes(content)
        return load_feedback(self.shop.store, self.shop.playbook, files, at)

    def events(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Customer, name and properties of every event, in the order of time."""
        events, names, customers = tables.events, tables.event_names, tables.customers
        query = (
            select(customers.c.key, names.c.name, events.c.properties)
            .join_from(events, names, names.c.id == events.c.name)
            .join(customers, customers.c.id == events.c.customer)
            .order_by(events.c.time, customers.c.id, names.c.name)
        )
        with self.shop.store.reading() as connection:
            rows = connection.execute(query).all()
        return [(who, name, json.loads(said)) for who, name, said in rows]

    def names(self) -> list[tuple[str, str]]:
        """Customer and name of every event."""
        return [(who, name.removeprefix("message.")) for who, name, _ in self.events()]

    def suppressed(self) -> dict[str, str]:
        suppressions = tables.suppressions
        with self.shop.store.reading() as connection:
            rows = connection.execute(select(suppressions.c.address, suppressions.c.reason)).all()
        return {address: reason for address, reason in rows}  # noqa: C416 (rows)

    def consents(self) -> list[tuple[Any, ...]]:
        with self.shop.store.reading() as connection:
            return sorted(tuple(row)[:4] for row in connection.execute(select(tables.consents)))


def at(**words: float) -> str:
    """An instant after the messages were sent, as a provider writes it."""
    return (NOW + timedelta(**words)).isoformat()


def prepare(shop: Shop) -> Post:
    part = {"note": {"text": "News"}, "careful": {"text": "News"}}
    messages = {
        "news": Message.model_validate({"topic": "offers", **part}),
        "receipt": Message.model_validate({"topic": "service", **part}),
    }
    topics = {
        "offers": Topic(title="Offers", basis="opt_out"),
        "service": Topic(title="Your order", basis="transactional"),
    }
    links = Links(base="https://links.corner.example", key=SECRET)
    shop.change(messages={**shop.playbook.messages, **messages}, topics=topics, links=links)
    return Post(shop)


@pytest.fixture
def post(shop: Shop) -> Post:
    """On each kind of database."""
    return prepare(shop)


@pytest.fixture
def corner_post(corner: Shop) -> Post:
    """On SQLite."""
    return prepare(corner)
