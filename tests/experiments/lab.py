"""A lab in which customers are given arms and do things, on each kind of database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from regulars.customers.traits import plan_traits
from regulars.experiments.trial import trial_of
from regulars.instants import micros
from regulars.playbook.experiments import Experiment
from regulars.playbook.loading import load_playbook
from regulars.playbook.policy import Policy
from regulars.segments.scope import Scope
from regulars.store import Store, event_code, insert_rows, tables
from regulars.stored import amount_column, amount_of, text_column, text_of
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from regulars.hooks import Plugins, Trial
    from regulars.playbook.playbook import Playbook

DAY = 86_400_000_000
START = datetime(2026, 3, 1, tzinfo=UTC)  # day 0
PLAYBOOK = """\
playbook: shop
customer: {attributes: {household: text}}
sources:
  orders:
    {use: csv, path: orders.csv, provides: events, event: order, map: {customer: c, time: t, id: n}}
"""
ORDERED: dict[str, Any] = {"id": "ordered", "performed": "order", "within": "14d"}
TWO: Mapping[str, Any] = {"control": {}, "offer": {}}


def day(number: float) -> int:
    """Microseconds of so many days after the start."""
    return micros(START) + round(number * DAY)


@dataclass
class Lab:
    """A store with experiments; customers are called by their keys, times are days."""

    store: Store
    playbook: Playbook
    plugins: Plugins
    keys: dict[str, int] = field(default_factory=dict)
    done: int = 0

    def experiments(self, **experiments: Mapping[str, Any]) -> None:
        """Write experiments; ``arms`` are two unless they say so, the goal is to order."""
        made = {
            name: Experiment.model_validate({"arms": TWO, "goals": [ORDERED]} | dict(written))
            for name, written in experiments.items()
        }
        self.playbook = replace(self.playbook, experiments=made)
        self.store.fit(plan_traits(self.playbook, self.plugins).shape)

    def holdout(self, share: str) -> None:
        """Hold out a share of the customers."""
        policy = Policy.model_validate({"holdout": share})
        self.playbook = replace(self.playbook, policy=policy)

    def customer(self, key: str) -> int:
        """The number of a customer, who is made if there is none."""
        if key not in self.keys:
            self.insert(tables.customers, key=key)
            customers = tables.customers
            self.keys |= dict(self.rows(select(customers.c.key, customers.c.id)))
        return self.keys[key]

    def expose(self, key: str, arm: str, at: float = 0, name: str = "x", **more: Any) -> None:
        """Give a customer an arm on a day."""
        row = {"experiment": name, "customer": self.customer(key), "arm": arm, "at": day(at)}
        self.insert(tables.exposures, **{"probability": 0.5} | row | more)

    def fact(self, key: str, name: str, value: float, experiment: str = "x") -> None:
        """What was true of a customer at exposure."""
        row = {"experiment": experiment, "customer": self.customer(key), "name": name}
        self.insert(tables.exposure_facts, **row, value=value)

    def event(self, key: str, at: float, name: str = "order", times: int = 1, **words: Any) -> None:
        """Something that a customer did; properties that nothing reads are forgotten."""
        self.done += 1
        events = self.store.tables.events
        with self.store.transaction() as connection:
            code = event_code(connection, name)
        row: dict[str, Any] = {"customer": self.customer(key), "time": day(at), "name": code}
        row |= {
            "source": 1,
            "key": blake2b(str(self.done).encode(), digest_size=16).digest(),
            "times": times,
        }
        for word, value in words.items():
            kept = ((text_column(word), text_of(value)), (amount_column(word), amount_of(value)))
            row |= {column: held for column, held in kept if column in events.c}
        self.insert(events, **row)

    def scope(self, at: float) -> Scope:
        """What names mean on a day."""
        traits = plan_traits(self.playbook, self.plugins)
        now = datetime.fromtimestamp(day(at) / 1_000_000, UTC)
        with self.store.reading() as connection:
            return Scope.of(connection, self.playbook, self.plugins, traits, self.store.tables, now)

    def trial(self, at: float, name: str = "x") -> Trial:
        """The experiment as it stands on a day."""
        scope = self.scope(at)
        with self.store.reading() as connection:
            return trial_of(connection, scope, name)

    def insert(self, table: Any, **row: Any) -> None:
        """One row."""
        with self.store.transaction() as connection:
            insert_rows(connection, table, tuple(row), [tuple(row.values())])

    def rows(self, query: Any) -> Sequence[Any]:
        """What a query finds."""
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(query)]


def open_lab(url: str, folder: Path, plugins: str = "") -> Lab:
    """A lab with an empty store at ``url``, and a loose file of plugins."""
    path = folder / "playbook.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    if plugins:
        path.write_text(f"{PLAYBOOK}plugins: [./plugins.py]\n", encoding="utf-8")
        (folder / "plugins.py").write_text(plugins, encoding="utf-8")
    loaded = load_playbook(path, {}, lambda *_: [])
    return Lab(Store.open(url), loaded.playbook, loaded.plugins)
