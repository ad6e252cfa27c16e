"""Whole playbooks and their data, drawn at random: every word that a journey or a policy knows."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Words = dict[str, Any]
    Drawn = st.SearchStrategy[Words]

START = datetime(2026, 3, 27, 21, 30, tzinfo=UTC)  # two days before the clocks of Europe change
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
SEGMENTS = ["s0", "s1", "s2"]
MESSAGES = ["m0", "m1", "m2", "m3"]
PEOPLE = ["id", "email", "phone", "zone", "city", "birthday", "vip", "visits", "offers", "news"]
ADDRESSES = ["a@x.example", "A@x.example", "junk", ""]
ORDERS = ["customer", "time", "id", "name", "item", "total"]

HEAD: dict[str, Any] = {
    "playbook": "random",
    "customer": {
        "attributes": {"city": "text", "birthday": "date", "vip": "boolean", "visits": "integer"}
    },
    "sources": {
        "people": {
            "use": "csv",
            "path": "people.csv",
            "provides": "customers",
            "map": {name: name for name in ("id", "email", "phone", "city", "birthday", "vip")}
            | {"visits": "visits", "timezone": "zone"}
            | {"consent.offers": "offers", "consent.news.mail": "news"},
        },
        "orders": {
            "use": "csv",
            "path": "orders.csv",
            "provides": "events",
            "map": {name: name for name in ("customer", "time", "id", "item", "total")}
            | {"event": "name"},
        },
    },
    "channels": {
        "mail": {"use": "outbox", "path": "mail"},
        "sms": {"use": "outbox", "path": "sms"},
    },
    "topics": {
        "offers": {"title": "Offers", "basis": "opt_in"},
        "news": {"title": "News", "basis": "opt_out"},
        "service": {"title": "Service", "basis": "transactional"},
    },
}


@dataclass(frozen=True)
class Programme:
    """Two versions of a playbook, its data, and when it is run with which version.

    ``events`` are rows with the number of the run before which they come; ``answers`` are what a
    person says after each run to what it asks.
    """

    versions: tuple[Words, Words]
    people: list[Words]
    events: list[tuple[int, Words]]
    runs: list[tuple[datetime, int]]
    answers: list[str | None]

    @property
    def rests(self) -> bool:
        """Whether a run leaves nothing to the next one at the same instant."""
        written = json.dumps(self.versions)
        return '"emit"' not in written and '"set"' not in written

    def write(self, folder: Path, number: int, store: str) -> datetime:
        """Write the playbook and its data as they are at run ``number``; when that is."""
        at, version = self.runs[number]
        words = self.versions[version] | {"store": store}
        (folder / "playbook.yaml").write_text(json.dumps(words, indent=1))
        _table(folder / "people.csv", PEOPLE, self.people)
        known = [event for come, event in self.events if come <= number]
        _table(folder / "orders.csv", ORDERS, known)
        return at


def _table(path: Path, columns: Sequence[str], rows: Sequence[Words]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def _part(optional: Words | None = None, /, **required: Any) -> Drawn:
    return st.fixed_dictionaries(
        {name: _strategy(value) for name, value in required.items()},
        optional={name: _strategy(value) for name, value in (optional or {}).items()},
    )


def _seldom(**words: Any) -> Drawn:
    """Now and then one of the words."""
    some = [_part(**{name: value}) for name, value in words.items()]
    return st.one_of(*[st.just({})] * (2 * len(some)), *some)


def _strategy(value: Any) -> st.SearchStrategy[Any]:
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


durations = st.sampled_from(["1h", "12h", "1d", "3d", "2w", "1mo"])
numbers = st.integers(0, 3)
few = st.integers(1, 3)
names = st.sampled_from(["order", "order", "visit", "cheered"])
cities = st.sampled_from(["Paris", "Rome"])
clocks = st.sampled_from(["00:30", "02:30", "09:00", "21:00"])
where = _part({"item": st.fixed_dictionaries({"is": st.sampled_from(["bread", "tea"])})})
counted = st.one_of(
    *(st.fixed_dictionaries({word: numbers}) for word in ("at_least", "at_most", "is", "is_not"))
)


def _both(first: Drawn, second: Drawn) -> Drawn:
    return st.builds(lambda a, b: a | b, first, second)


leaves = st.one_of(
    _part(attribute="city", **{"is": cities}),
    _part(attribute="vip", **{"is": st.booleans()}),
    _part(attribute="visits", at_least=numbers),
    _part(attribute="birthday", within_next=durations.filter(lambda d: d != "1mo")),
    _both(_part(trait=st.sampled_from(["orders", "spent"])), counted),
    _part(trait="latest", within_last=durations),
    _part({"within": durations, "where": where}, performed=names),
    _both(_part({"within": durations}, performed=names), counted),
    _part(performed="order", sum="total", at_least=st.sampled_from([10, 25])),
    _part({"within": durations, "where": where}, not_performed=names),
    _part({"channel": "mail"}, consented=st.sampled_from(["offers", "news"])),
    _part(sample="50%", seed=st.sampled_from(["a", "b"])),
)


def _group(inner: st.SearchStrategy[Any]) -> Drawn:
    some = st.lists(inner, min_size=1, max_size=2)
    return _part({"any": some, "none": some}, all=some) | _part(any=some) | _part(none=some)


def conditions(*segments: str) -> Drawn:
    """Conditions that may name these segments."""
    named = st.sampled_from(segments) if segments else None
    found = leaves if named is None else leaves | _part(segment=named)
    return found | st.recursive(found, _group, max_leaves=4)


asked = conditions(*SEGMENTS)
segments = st.fixed_dictionaries(
    {"s0": conditions(), "s1": conditions(), "s2": conditions("s0", "s1")}
)
windows: Drawn = st.just({}) | _part(within=durations)
traits = st.builds(
    lambda one, two: {
        "orders": {"count": "order", **one},
        "spent": {"sum": "order.total", **two},
        "latest": {"last": "order"},
    },
    windows,
    windows,
)
mails = st.sampled_from(
    [
        {"subject": "Hello {{ customer.id }}", "body": "You ordered {{ traits.orders }} times."},
        {"subject": "Hello {{ playbook }}", "body": "You come from {{ customer.city or 'afar' }}."},
        {"subject": "Hello", "body": "{{ 10 / customer.visits }}"},
        {"subject": "Hello", "preheader": "Come by", "body": "# Hello\n\nCome by."},
    ]
)
texts = st.just({"text": "Hello {{ customer.id }}"})
messages = st.fixed_dictionaries(
    {
        name: st.builds(
            lambda parts, words: parts | words,
            _part(
                topic=st.sampled_from(["offers", "news", "news", "news", "service"]),
                mail=mails,
                **({"sms": texts} if name in {"m0", "m1"} else {}),
            ),
            _seldom(max_lateness=durations, approve=st.sampled_from([True]) | _part(above=few)),
        )
        for name in MESSAGES
    }
)
caps = _part(
    {
        "channel": st.sampled_from(["mail", "sms"]),
        "topic": st.sampled_from(["offers", "news"]),
        "then": st.sampled_from(["drop", "hold"]),
    },
    at_most=st.integers(1, 3),
    per=durations | st.sampled_from(["day", "week", "month"]),
)
nights = st.sampled_from(
    [
        {"from": "21:00", "to": "08:00"},
        {"from": "00:30", "to": "03:00"},
        {"from": "22:00", "to": "12:00", "then": "drop"},
    ]
)
policies = _part(
    {"holdout": st.sampled_from(["10%", "50%"]), "quiet_hours": nights},
    caps=st.lists(caps, max_size=2),
)
kept = _seldom(
    retention=st.sampled_from([{"events": "2w"}, {"events": "1mo", "then": "roll_up"}]),
    links=st.just({"base": "https://corner.example"}),
)
experiments = st.sampled_from(
    [
        {"offer": {"arms": {"a": {}, "b": {"off": "5%"}}}},
        {"offer": {"arms": {"a": {}, "b": {}, "c": {}}, "weights": [0.2, 0.3, 0.5]}},
    ]
)
triggers = st.one_of(
    _part(event="order"),
    _part(event="order"),
    _part(event="visit"),
    _part({"where": where, "key": "item"}, event=names),
    _part(event=names),
    _part(enters=st.sampled_from(SEGMENTS)),
    _part(leaves=st.sampled_from(SEGMENTS)),
    _part(at="2026-03-29 02:30", segment=st.sampled_from(SEGMENTS)),
    _part(schedule=st.sampled_from(["30 2 * * *", "0 */6 * * *"]), segment="s0"),
    _part(
        {"yearly": True, "offset": st.sampled_from(["-1d", "0d", "2d"]), "at": clocks},
        date=st.sampled_from(["attribute.birthday", "trait.latest"]),
    ),
    _part(inactive="order", **{"for": durations}),
)
sends = st.sampled_from(["m0", "m1"]).flatmap(
    lambda name: _part({"via": st.sampled_from(["mail", ["sms", "mail"]])}, send=name)
) | _part(send=st.sampled_from(MESSAGES))
simple = st.one_of(
    sends,
    sends,
    sends,
    _part(wait=durations | _part(until=st.sampled_from(["09:00", "02:30", "mon 09:00"]))),
    _part(wait=durations),
    _part(set=_part(city=cities) | _part(visits=numbers)),
    _part(emit="cheered"),
    _part(exit=st.sampled_from([True, "enough"])),
)


def _branching(inner: st.SearchStrategy[Any]) -> Drawn:
    some = st.lists(inner, max_size=2)
    ways = {"then": some, "else": some}
    return st.one_of(
        _part({"else": some}, then=some, **{"if": asked}),
        _part(ways, wait_for=asked, at_most=durations),
        _part(split="offer", arms=_part({"b": some}, a=some)),
    )


steps = st.lists(simple | _branching(simple | _branching(simple)), min_size=2, max_size=5)
journeys = st.dictionaries(
    st.sampled_from(["j0", "j1", "j2"]),
    st.builds(
        lambda journey, again, aims: journey | again | aims,
        _part({"misfire": _part(within=durations), "goal": asked}, when=triggers, steps=steps),
        _seldom(again=st.sampled_from(["never", "always", "1d"])),
        _seldom(exit_when=asked, priority=st.integers(-2, 2)),
    ),
    min_size=2,
)


@st.composite
def playbooks(draw: st.DrawFn) -> Words:
    """A playbook that ``regulars check`` finds nothing wrong with."""
    drawn = {
        **HEAD,
        "timezone": draw(st.sampled_from(ZONES)),
        "segments": draw(segments),
        "traits": draw(traits),
        "messages": draw(messages),
        "policy": draw(policies),
        "experiments": draw(experiments),
        "journeys": draw(journeys),
        **draw(kept),
    }
    written: Words = json.loads(json.dumps(drawn))  # no two steps are one list in memory
    for journey in written["journeys"].values():
        if "leaves" not in journey["when"]:
            journey["existing"] = draw(st.booleans())
        for number, step in enumerate(_all(journey["steps"])):
            step["id"] = f"{'send' if 'send' in step else 'step'}-{number}"
    return written


def _all(steps: Sequence[Words]) -> Iterator[Words]:
    for step in steps:
        yield step
        arms = step.get("arms", {})
        for inner in (step.get("then"), step.get("else"), *arms.values()):
            yield from _all(inner or [])


moments = st.builds(
    lambda hours, minutes: START + timedelta(hours=hours, minutes=minutes),
    st.integers(-40 * 24, 6 * 24) | st.integers(-20, 60) | st.integers(-20, 20),
    st.sampled_from([0, 30]),
)


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """A playbook, an edit of it, customers, events, and some runs."""
    first = draw(playbooks())
    second = draw(st.just(first) | playbooks())
    count = draw(st.integers(4, 8))
    people = [
        draw(
            _part(
                {
                    "phone": st.just(f"+15550{number}"),
                    "zone": st.sampled_from(ZONES),
                    "city": cities,
                    "birthday": st.sampled_from(["1990-03-28", "1992-02-29", "1985-03-30"]),
                    "vip": st.booleans(),
                    "visits": numbers,
                    "offers": st.sampled_from(["yes", "yes", "yes", "no"]),
                    "news": st.sampled_from(["yes", "yes", "yes", "no"]),
                },
                id=f"c{number}",
                email=st.sampled_from([*[f"c{number}@x.example"] * 5, *ADDRESSES]),
            )
        )
        for number in range(count)
    ]
    events = [
        (
            draw(st.integers(0, 3)),
            {
                "id": f"e{number}",
                "customer": f"c{draw(st.integers(0, count - 1))}",
                "time": draw(moments).isoformat(),
                "name": draw(st.sampled_from(["order", "order", "visit"])),
                "item": draw(st.sampled_from(["bread", "tea", ""])),
                "total": draw(st.sampled_from(["5", "12.50", ""])),
            },
        )
        for number in range(draw(st.integers(8, 25)))
    ]
    at, runs = START, []
    for _ in range(draw(st.integers(3, 5))):
        runs.append((at, draw(st.sampled_from([0, 0, 1]))))
        at += timedelta(hours=draw(st.sampled_from([1, 5, 11, 24, 60, 200])))
    answers = [draw(st.sampled_from(["approved", "approved", "rejected", None])) for _ in runs]
    return Programme((first, second), people, events, runs, answers)
