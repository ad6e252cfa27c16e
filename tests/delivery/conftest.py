"""A shop with planned messages, a store for them and a channel that does what an address says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.traits import plan_traits
from regulars.delivery.deliver import deliver, recover
from regulars.hooks import Plugins, RunInfo
from regulars.instants import micros
from regulars.playbook.messages import Channel, Message
from regulars.playbook.playbook import Playbook
from regulars.segments.scope import Scope
from regulars.store import Store, insert_rows, tables
from regulars_channels.smtp import SmtpSettings
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regulars.delivery.deliver import Delivered

NOW = datetime(2026, 8, 1, 9, tzinfo=UTC)

PLUGIN = '''
"""A channel that writes down each key that it sends, and fails as the address says."""
import time
from contextlib import contextmanager
from regulars import hookimpl
from regulars.errors import PermanentError, TemporaryError, UnknownOutcome
from regulars.hooks import ChannelKind, Receipt, Settings


class Note(Settings):
    threads: int = 2
    open_fails: bool = False


class Sender:
    def __init__(self, folder):
        self.folder = folder

    def send(self, message):
        word = message.address.partition("@")[0]
        with open(self.folder / "attempts", "a") as attempts:
            attempts.write(f"{message.customer} {message.key}\\n")
        attempts = (self.folder / "attempts").read_text().count(message.key)
        if word == "temporary" or (word == "once" and attempts == 1):
            raise TemporaryError("the line is busy")
        if word == "away" and not (self.folder / "back").exists():
            raise TemporaryError("nobody answers")
        if word == "permanent":
            raise PermanentError("they said no: s3cret")
        if word == "dead":
            raise PermanentError("nobody lives there", suppress=True)
        if word == "unknown":
            raise UnknownOutcome("no answer")
        if word == "broken":
            raise ZeroDivisionError("a bug")
        if word == "exit":
            raise SystemExit(0)
        if word == "junk":
            return "sent"
        if word == "slow":
            time.sleep(0.4)
        if word == "odd":
            return Receipt(id="nul\\0 and half \\ud800" + "x" * 5000)
        return Receipt(id=f"note-{message.customer}")


@contextmanager
def open_note(config, context):
    with open(context.folder / "opened", "a") as opened:
        opened.write(f"{context.channel} {context.run}\\n")
    if config.open_fails:
        raise OSError("no line")
    yield Sender(context.folder)
    with open(context.folder / "closed", "a") as closed:
        closed.write(f"{context.channel}\\n")


def kind(name, **words):
    threads = lambda config: config.threads
    return ChannelKind(name, "for tests", Note, open_note, threads=threads, **words)


@hookimpl
def regulars_channels():
    return [kind("note"), kind("careful-note", idempotent=True)]


@hookimpl
def regulars_sent(message, receipt, run):
    print("sent", message.customer, receipt.id[:20].encode(), run.id)


@hookimpl
def regulars_refused(message, reason, run):
    print("refused", message.customer, reason)
'''


@dataclass
class Shop:
    """A store, its playbook, and planned messages."""

    store: Store
    playbook: Playbook
    plugins: Plugins
    runs: int = 0
    now: datetime = NOW
    pauses: tuple[float, ...] = field(default=(0.0, 0.0))

    def scope(self) -> Scope:
        plan = plan_traits(self.playbook, self.plugins)
        self.store.fit(plan.shape)
        with self.store.transaction() as connection:
            return Scope.of(
                connection=connection,
                playbook=self.playbook,
                plugins=self.plugins,
                plan=plan,
                tables=self.store.tables,
                now=self.now,
            )

    def plan(self, *addresses: str, message: str = "hello", channel: str = "note") -> None:
        """Plan one message to a new customer for each address."""
        with self.store.transaction() as connection:
            taken = len(connection.execute(select(tables.customers.c.id)).all())
            numbers = range(taken + 1, taken + 1 + len(addresses))
            customers = ((n, f"c{n}") for n in numbers)
            insert_rows(connection, tables.customers, ("id", "key"), customers)
            at = micros(NOW)
            entries = ((n, "welcome", n, f"e{n}", at, at, "completed") for n in numbers)
            columns = ("id", "journey", "customer", "key", "occurred_at", "entered_at", "state")
            insert_rows(connection, tables.entries, columns, entries)
            rows = (
                ("welcome", n, "hello", n, message, channel, address, "planned", at, 1, at)
                for n, address in zip(numbers, addresses, strict=True)
            )
            what = ("journey", "entry", "step", "customer", "message", "channel", "address")
            when = ("state", "planned_at", "planned_by", "occurred_at")
            insert_rows(connection, tables.deliveries, (*what, *when), rows)

    def deliver(self, **words: Any) -> Delivered:
        self.runs += 1
        run = RunInfo(id=f"run-{self.runs}", playbook=self.playbook.id, at=self.now)
        scope = self.scope()
        recover(self.store, scope, self.runs)  # as a run does, before its policy
        return deliver(self.store, scope, run, self.runs, **{"pauses": self.pauses} | words)

    def rows(self) -> list[Any]:
        """The ledger."""
        with self.store.transaction() as connection:
            query = select(tables.deliveries).order_by(tables.deliveries.c.id)
            return list(connection.execute(query).all())

    def decisions(self) -> list[tuple[str, str | None]]:
        return [(row.state, row.reason) for row in self.rows()]

    def lines(self, name: str) -> list[str]:
        """What the channel wrote down."""
        path = self.playbook.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def change(self, **words: Any) -> None:
        """Edit the playbook."""
        self.playbook = replace(self.playbook, **words)


def make_shop(store: Store, folder: Path) -> Shop:
    plugin = folder / "note.py"
    plugin.write_text(PLUGIN)
    plugins = Plugins.load(allow=[], files=[plugin])
    kinds = {"note": "note", "careful": "careful-note"}
    part = {"text": "Hello {{ customer.id }}"}
    parts = dict.fromkeys(kinds, part)
    messages = {
        "hello": Message.model_validate(parts),
        "again": Message.model_validate({"delivery": "at_least_once", **parts}),
        "broken": Message.model_validate({"note": {"text": "{{ customer.id / 0 }}"}}),
    }
    playbook = Playbook(
        id="bakery",
        path=folder / "playbook.yaml",
        channels={name: Channel(use=use, to="id") for name, use in kinds.items()},
        messages=messages,
        settings={("channels", n): plugins.channels[use].config() for n, use in kinds.items()},
        secrets=frozenset({"s3cret"}),
    )
    return Shop(store, playbook, plugins)


@pytest.fixture
def shop(store_url: str, tmp_path: Path) -> Iterator[Shop]:
    """The shop on each kind of database."""
    store = Store.open(store_url)
    yield make_shop(store, tmp_path)
    store.close()


@pytest.fixture
def corner(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    """The shop on SQLite."""
    store = Store.open(sqlite_url)
    yield make_shop(store, tmp_path)
    store.close()


def mailing(shop: Shop, port: int, delivery: str = "at_most_once") -> Shop:
    """The shop, sending e-mail to the server at ``port``."""
    part = {"subject": "Hello {{ customer.id }}", "body": "Come by.", "text": "Come by."}
    message = Message.model_validate({"delivery": delivery, "mail": part})
    settings = {"host": "127.0.0.1", "port": port, "from": "hello@corner.example", "helo": "x"}
    playbook = replace(
        shop.playbook,
        channels={"mail": Channel(use="smtp")},
        messages={"hello": message},
        settings={("channels", "mail"): SmtpSettings.model_validate(settings)},
    )
    return replace(shop, playbook=playbook)


@pytest.fixture
def with_mail() -> Callable[..., Shop]:
    """Let a shop send e-mail to a server on this machine."""
    return mailing
