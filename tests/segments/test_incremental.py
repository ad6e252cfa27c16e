"""Whatever happens between two runs, what a run computes anew leaves all as if all were computed.

Two stores are told the same. One forgets before each run what it computed, so it computes all.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regulars.customers import refreshing, stale
from regulars.customers.consents import answer
from regulars.customers.privacy.erasing import erase
from regulars.customers.privacy.forgetting import remove_events
from regulars.customers.privacy.personal import find_person
from regulars.customers.privacy.retention import keep_to_retention
from regulars.customers.traits import plan_traits
from regulars.instants import micros
from regulars.journeys.effects import set_attributes
from regulars.playbook.retention import Retention
from regulars.segments.scope import Scope
from regulars.store import Store, event_code, insert_rows, tables
from regulars.stored import amount_column, amount_of, text_column, text_of
from sqlalchemy import select

from tests.segments.test_agreement import playbooks, properties
from tests.segments.worlds import PLUGINS, empty, fit, make_playbook, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regulars.playbook.playbook import Playbook
    from sqlalchemy import Connection

START = datetime(2026, 1, 30, 22, 30, tzinfo=UTC)  # almost the last of January in Berlin
DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
SECRET = b"0123456789abcdef0123456789abcdef"
_KEYS = count(1)

keys = st.sampled_from([f"c{number}" for number in range(6)])
back = st.sampled_from([0, 1, 6, 7, 8, 28, 29, 30, 31, 89, 90, 91, 365, 366, 400, 1000])
ahead = st.sampled_from([0, 1, 7, 30, 90, 365])
away = back.map(lambda days: -days * DAY) | ahead.map(lambda days: days * DAY)
moments = st.builds(lambda far, near: far + near * TICK, away, st.sampled_from([-1, 0, 1]))
steps_of_time = st.sampled_from([0, 1, 7, 28, 30, 31, 90, 365, 366, 1000]).map(lambda n: n * DAY)
steps_of_time |= st.sampled_from([TICK, HOUR, 11 * HOUR, DAY - HOUR, DAY + HOUR])


@dataclass
class World:
    """A store, the playbooks that it is run by, and what time it is."""

    store: Store
    books: list[Playbook]
    now: datetime = START
    book: Playbook = field(init=False)

    def __post_init__(self) -> None:
        self.book = self.books[0]

    def run(self) -> None:
        fit(self.store, self.book)
        run(self.store, self.book, self.now)

    def happened(self, key: str, far: timedelta, name: str, said: dict[str, Any], own: int) -> None:
        """An event, perhaps of a new customer, at a time that long from now."""
        events = self.store.tables.events
        with self.store.transaction() as connection:
            insert_rows(connection, tables.customers, ["key"], [(key,)], skip_existing=True)
            texts = {text_column(n): text_of(said[n]) for n in said if text_column(n) in events.c}
            amounts = {
                amount_column(n): amount_of(said[n]) for n in said if amount_column(n) in events.c
            }
            row = {
                "customer": self.number(connection, key),
                "time": micros(self.now + far),
                "name": event_code(connection, name),
                "source": 1,
                "key": own.to_bytes(16, "big"),
                **texts,
                **amounts,
            }
            insert_rows(connection, events, list(row), [tuple(row.values())])

    def forgot(self, key: str, kept: int) -> None:
        """The newest events of a customer are gone, all but some."""
        events = tables.events
        with self.store.transaction() as connection:
            mine = events.c.customer == self.number(connection, key)
            newest = select(events.c.id).where(mine).order_by(events.c.id.desc())
            gone = list(connection.scalars(newest))[: -kept or None]
            remove_events(connection, select(events.c.id).where(events.c.id.in_(gone)))

    def erased(self, key: str) -> None:
        with self.store.transaction() as connection:
            person = find_person(connection, self.store.tables, self.book, key)
            if person is not None:
                erase(connection, self.store.tables, person, SECRET, micros(self.now))

    def kept(self, days: int, then: str) -> None:
        retention = Retention.model_validate({"events": f"{days}d", "then": then})
        keep_to_retention(self.store, replace(self.book, retention=retention), self.now)

    def said(self, key: str, topic: str, granted: bool) -> None:  # noqa: FBT001 (drawn)
        with self.store.transaction() as connection:
            number = self.number(connection, key)
            if number:
                answer(connection, [(number, topic, "", granted, micros(self.now))])

    def moved(self, key: str, city: str, visits: int) -> None:
        plan = plan_traits(self.book, PLUGINS)
        with self.store.transaction() as connection:
            scope = Scope.of(connection, self.book, PLUGINS, plan, self.store.tables, self.now)
            who = select(tables.customers.c.id).where(tables.customers.c.key == key)
            set_attributes(connection, scope, who, {"city": city, "visits": visits})

    def edited(self, place: int) -> None:
        self.book = self.books[place]

    def passed(self, time: timedelta) -> None:
        self.now += time
        self.run()

    def number(self, connection: Connection, key: str) -> int:
        customers = tables.customers
        return connection.scalar(select(customers.c.id).where(customers.c.key == key)) or 0

    def forget(self) -> None:
        """Forget what was computed, but for who was inside."""
        with self.store.transaction() as connection:
            computed = tables.facts.c.name.in_(["traits.computed", "segments.evaluated"])
            connection.execute(tables.facts.delete().where(computed))

    def told(self) -> tuple[Any, ...]:
        """What a run leaves: traits, members, changes."""
        customers, segments = tables.customers, tables.segments
        traits = self.store.tables.traits
        columns = [c for name, c in sorted(traits.c.items()) if name not in {"customer", "changed"}]
        whose = customers.c.id
        member, change = tables.members.c, tables.changes.c
        queries = (
            select(customers.c.key, *columns).join(traits, traits.c.customer == whose),
            select(segments.c.name, customers.c.key, member.since)
            .join(tables.members, member.segment == segments.c.id)
            .join(customers, member.customer == whose),
            select(change.at, segments.c.name, customers.c.key, change.entered, change.by_edit)
            .join(tables.changes, change.segment == segments.c.id)
            .join(customers, change.customer == whose),
        )
        with self.store.reading() as connection:
            return tuple(sorted(map(tuple, connection.execute(q)), key=repr) for q in queries)


happenings = st.one_of(
    st.tuples(
        st.just("happened"), keys, moments, st.sampled_from(["order", "order", "visit"]), properties
    ).map(lambda words: (*words, next(_KEYS))),
    st.tuples(st.just("passed"), steps_of_time),
    st.tuples(st.just("passed"), steps_of_time),
    st.tuples(st.just("forgot"), keys, st.integers(0, 2)),
    st.tuples(st.just("erased"), keys),
    st.tuples(st.just("kept"), st.sampled_from([7, 90, 400]), st.sampled_from(["drop", "roll_up"])),
    st.tuples(st.just("said"), keys, st.sampled_from(["offers", "news"]), st.booleans()),
    st.tuples(st.just("moved"), keys, st.sampled_from(["bread", "br", "é"]), st.integers(-1, 3)),
    st.tuples(st.just("edited"), st.integers(0, 1)),
)
streams = st.lists(happenings, min_size=4, max_size=25)
books = st.lists(playbooks(), min_size=2, max_size=2)


@pytest.fixture(autouse=True)
def _a_few_are_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """In so small a world nearly all would else be computed nearly always, and in one piece."""
    monkeypatch.setattr(refreshing, "MOST_STALE", 1.0)
    monkeypatch.setattr(stale, "PIECE", 2)


@pytest.fixture
def other_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    yield opened
    opened.close()


def play(store: Store, other: Store, written: list[dict[str, Any]], stream: list[Any]) -> None:
    worlds = [World(each, [make_playbook(**words) for words in written]) for each in (store, other)]
    for world in worlds:
        empty(world.store)
        fit(world.store, world.books[1])
        fit(world.store, world.books[0])
    for word, *rest in [*stream, ("passed", DAY), ("passed", 0 * DAY)]:
        worlds[1].forget()
        for world in worlds:
            getattr(world, word)(*rest)
        if word == "passed":
            mine, theirs = (world.told() for world in worlds)
            assert mine == theirs


UNSHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=20, deadline=None, suppress_health_check=UNSHARED)
@given(books, streams)
def test_on_sqlite_all_is_as_if_everything_were_computed(
    sqlite_store: Store, other_store: Store, written: list[dict[str, Any]], stream: list[Any]
) -> None:
    play(sqlite_store, other_store, written, stream)


@settings(max_examples=3, deadline=None, suppress_health_check=UNSHARED)
@given(books, streams)
def test_on_servers_all_is_as_if_everything_were_computed(
    server_url: str, other_store: Store, written: list[dict[str, Any]], stream: list[Any]
) -> None:
    with closing(Store.open(server_url)) as store:
        play(store, other_store, written, stream)


def spread(words: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"traits": {"orders": {"count": "order", **words}, **(more or {})}, "segments": {}}


WEEK = {"count": "order", "within": "7d"}
SEEN, MONTH = {"count": "visit"}, {"first": "visit", "within": "30d"}
EXAMPLES: dict[str, tuple[list[dict[str, Any]], list[Any]]] = {
    "an edited trait in the same column": (
        [spread({"where": {"item": {"is": "br"}}}), spread({"where": {"item": {"is": "bread"}}})],
        [("happened", "c0", -DAY, "order", {"item": "bread"}, 1), ("passed", DAY), ("edited", 1)],
    ),
    # a month before March 30 at 8:00 and before March 31 at 7:00 begins on the last of February
    "a window that goes back by the calendar": (
        [spread({"within": "1mo"})] * 2,
        [
            ("passed", timedelta(days=57, hours=9, minutes=30)),
            ("happened", "c0", timedelta(days=-29, minutes=-30), "order", {}, 1),
            ("passed", DAY),
            ("passed", DAY - HOUR),
        ],
    ),
    "customers in several pieces": (
        [spread({}, {"week": WEEK})] * 2,
        [
            *[("happened", f"c{n}", -DAY, "order", {}, n) for n in range(5)],
            ("passed", DAY),
            ("erased", "c2"),
            *[("happened", f"c{n}", -DAY, "order", {}, 9 + n) for n in (0, 3, 4)],
            ("passed", DAY),
            ("passed", 7 * DAY),
        ],
    ),
    "an event that lies ahead of two runs": (
        [spread({}, {"last": {"last": "order"}})] * 2,
        [
            ("happened", "c0", -DAY, "order", {}, 1),
            ("passed", DAY),
            ("happened", "c0", 2 * DAY, "order", {}, 2),
            *[("passed", DAY)] * 3,
        ],
    ),
    "a property compared with the clock": (
        [spread({"where": {"due": {"within_last": "7d"}}})] * 2,
        [
            ("happened", "c0", -DAY, "order", {"due": "2026-01-30"}, 1),
            ("passed", DAY),
            ("passed", 30 * DAY),
        ],
    ),
    "one kind of event comes while the window of another moves": (
        [spread({}, {"week": WEEK, "seen": SEEN, "seen_30d": MONTH})] * 2,
        [
            ("happened", "c0", -6 * DAY, "order", {}, 1),
            ("happened", "c0", -6 * DAY, "visit", {}, 2),
            ("happened", "c1", -6 * DAY, "visit", {}, 3),
            ("passed", 0 * DAY),
            ("happened", "c0", 0 * DAY, "visit", {}, 4),
            ("passed", 2 * DAY),
            ("passed", 30 * DAY),
        ],
    ),
    "an event of a name that never came before, and one that no trait looks at": (
        [spread({"within": "30d"}, {"seen": SEEN})] * 2,
        [
            ("happened", "c0", -DAY, "order", {}, 1),
            ("passed", DAY),
            ("happened", "c0", -DAY, "visit", {}, 2),
            ("happened", "c1", -DAY, "party", {}, 3),
            ("passed", 0 * DAY),
            ("passed", 31 * DAY),
        ],
    ),
    "an edited trait beside one of the same events and window": (
        [
            spread({"within": "7d", "where": {"item": {"is": item}}}, {"all": WEEK})
            for item in ("br", "bread")
        ],
        [
            ("happened", "c0", -DAY, "order", {"item": "bread"}, 1),
            ("passed", DAY),
            ("edited", 1),
            ("happened", "c1", -DAY, "order", {"item": "bread"}, 2),
            ("passed", 6 * DAY),
        ],
    ),
    "an event under the number of one that is gone": (
        [spread({})] * 2,
        [
            ("happened", "c1", -DAY, "order", {}, 1),
            ("happened", "c0", -DAY, "order", {}, 2),
            ("passed", DAY),
            ("forgot", "c0", 0),
            ("happened", "c1", -DAY, "order", {}, 3),
        ],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_easily_missed(store: Store, other_store: Store, name: str) -> None:
    play(store, other_store, *EXAMPLES[name])
