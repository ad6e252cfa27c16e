"""Whatever a playbook says, SQL and the plain-Python evaluator find the same customers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from regulars.customers.shares import stable_share, threshold

from tests.segments.evaluator import Evaluator, Event, Person
from tests.segments.worlds import empty, fit, inside, make_playbook, run, write

if TYPE_CHECKING:
    from regulars.store import Store

NOW = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
MONTH_AGO = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)  # by the calendar of Berlin

edges = st.sampled_from([NOW, NOW - 90 * DAY, NOW - 7 * DAY, MONTH_AGO, NOW + 7 * DAY])
times = st.builds(lambda edge, ticks: edge + ticks * TICK, edges, st.sampled_from([-1, 0, 0, 1]))
durations = st.sampled_from(["90d", "7d", "1mo", "1h", "2w", "1y"])
day_durations = st.sampled_from(["90d", "7d", "12h", "36h", "2w"])
texts = st.sampled_from(["", "bread", "Bread", "bread ", " bread", "br", "ÄPFEL", "äpfel"])
texts |= st.sampled_from(["a%b", "a_b", "axb", "O'Neil", "back\\slash", "日本", "🥐", "é"])
texts |= st.sampled_from(["e\u0301", "true", "12.5", "2026-03-31"])
filled = texts.filter(bool)
amounts = st.sampled_from(["0.1", "0.10", "1", "0.3", "-0.2", "12.5", "0.000001", "33.333333", "0"])
numbers = st.sampled_from([0, 1, 2, 3, 0.1, 0.3, 0.30000000000000004, 1.0, 12.5, -0.2, 0.9, 1e-6])
numbers |= st.sampled_from([1e300, -1e300, 10**30, 33.333333, 1e-9, float("inf")])
days = st.sampled_from([date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 7), date(1990, 2, 28)])
days |= st.sampled_from([date(2026, 3, 25), date(2026, 3, 26), date(2026, 4, 8)])
points = st.sampled_from([(45.52, -122.68), (45.53, -122.68), (0.0, 180.0), (-45.52, 57.32)])
local_times = st.sampled_from(["2026-04-01", "2026-04-01 00:30", "2026-03-31T22:30:00Z"])
properties = st.fixed_dictionaries(
    {},
    optional={
        "item": texts,
        "total": amounts,
        "gift": st.booleans(),
        "due": st.sampled_from(["2026-03-31", "2026-04-02 10:00", "soon", "1990-01-01"]),
        "mixed": texts | amounts | st.integers(-2, 3),
    },
)


def few(**words: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One of the words, now and then two."""
    word = st.sampled_from(sorted(words))
    chosen = st.tuples(word) | st.tuples(word) | st.tuples(word) | st.tuples(word, word)
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries({name: words[name] for name in names})
    )


quantity_words = {
    "is": numbers,
    "is_not": numbers,
    "in": st.lists(numbers, min_size=1, max_size=3),
    "not_in": st.lists(numbers, min_size=1, max_size=3),
    "at_least": numbers,
    "at_most": numbers,
    "more_than": numbers,
    "less_than": numbers,
    "between": st.lists(numbers, min_size=2, max_size=2),
}
matches = {"contains": filled, "starts_with": filled, "ends_with": filled}
text_words = matches | {
    "is": texts,
    "is_not": texts,
    "in": st.lists(texts, min_size=1, max_size=3),
    "not_in": st.lists(texts, min_size=1, max_size=3),
}
known = {"known": st.booleans()}
quantities = few(**quantity_words)
number_tests = few(**quantity_words, **known)
text_tests = few(**text_words, **known) | few(**text_words).map(lambda t: t | {"ignore_case": True})
flag_tests = few(**{"is": st.booleans(), "is_not": st.booleans()}, **known)
day_words = {"before": local_times, "after": local_times}
day_tests = few(
    **{"is": days.map(str), "is_not": days.map(str), "in": st.lists(days.map(str), min_size=1)},
    **day_words,
    within_last=day_durations,
    within_next=day_durations,
    **known,
)
time_tests = few(
    **{"is": local_times, "not_in": st.lists(local_times, min_size=1)},
    **day_words,
    within_last=durations,
    within_next=durations,
    **known,
)
mixed_lists = st.lists(texts | st.integers(-2, 3) | st.booleans(), min_size=1, max_size=4)
wheres = st.dictionaries(
    st.sampled_from(["item", "mixed"]), text_tests | few(**{"in": mixed_lists}), max_size=1
) | st.fixed_dictionaries(
    {},
    optional={
        "total": number_tests,
        "gift": flag_tests,
        "mixed": number_tests | few(not_in=mixed_lists),
        "due": few(**day_words, within_last=day_durations, within_next=day_durations),
    },
)
events_named = st.sampled_from(["order"] * 4 + ["visit"] * 3 + ["never_seen"])
windows = st.fixed_dictionaries({}, optional={"within": durations, "where": wheres})


def of_events(word: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda event, rest: {word: event, **rest}, events_named, windows)


aggregated = st.one_of(
    *(
        st.fixed_dictionaries({kind: st.sampled_from(["total", "mixed"])})
        for kind in ("sum", "average", "largest", "smallest")
    ),
    st.fixed_dictionaries({"distinct": st.sampled_from(["item", "mixed"])}),
)
segment_names = [f"s{number}" for number in range(10)]


def joined(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda *found: {k: v for part in found for k, v in part.items()}, *parts)


def about(
    word: str, name: str, tests: st.SearchStrategy[dict[str, Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    return tests.map(lambda test: {word: name, **test})


TRAITS: dict[str, Any] = {
    "orders": number_tests,
    "spend": number_tests,
    "basket": number_tests,
    "biggest": number_tests,
    "least": number_tests,
    "range": number_tests,
    "first_order": time_tests,
    "last_order": time_tests,
    "first_item": text_tests,
    "last_total": number_tests,
    "usual": text_tests,
    "usual_total": number_tests,
}
traits = st.fixed_dictionaries(
    {
        "orders": of_events("count"),
        "spend": joined(st.just({"sum": "order.total"}), windows),
        "basket": joined(st.just({"average": "order.total"}), windows),
        "biggest": joined(st.just({"largest": "order.total"}), windows),
        "least": joined(st.just({"smallest": "order.mixed"}), windows),
        "range": joined(st.just({"distinct": "order.item"}), windows),
        "first_order": of_events("first"),
        "last_order": of_events("last"),
        "first_item": joined(st.just({"first": "order.item"}), windows),
        "last_total": joined(st.just({"last": "order.total", "type": "number"}), windows),
        "usual": joined(st.just({"most_common": "order.item"}), windows),
        "usual_total": joined(st.just({"most_common": "order.total", "type": "number"}), windows),
    }
)
leaves = st.one_of(
    of_events("performed"),
    joined(of_events("performed"), quantities),
    joined(of_events("performed"), aggregated, quantities),
    of_events("not_performed"),
    about("attribute", "city", text_tests),
    about("attribute", "id", text_tests),
    about("attribute", "visits", number_tests),
    about("attribute", "height", number_tests),
    about("attribute", "vip", flag_tests),
    about("attribute", "birthday", day_tests),
    about("attribute", "joined", time_tests),
    about("attribute", "home", st.builds(lambda yes: {"known": yes}, st.booleans())),
    about("score", "value.alive", number_tests),
    st.one_of(*(about("trait", name, tests) for name, tests in TRAITS.items())),
    st.one_of(*(about("trait", name, tests) for name, tests in TRAITS.items())),
    st.builds(
        lambda point, within: {"near": list(point), "within": within, "attribute": "home"},
        points,
        st.sampled_from(["1m", "1.2km", "3km", "20000km", "30000km"]),
    ),
    st.builds(
        lambda share, seed: {"sample": share, "seed": seed},
        st.sampled_from(["0%", "10%", "50%", "100%"]),
        st.sampled_from(["spring", "autumn"]),
    ),
    st.builds(
        lambda topic, channel: {"consented": topic, **channel},
        st.sampled_from(["offers", "news", "orders"]),
        st.sampled_from([{}, {"channel": "email"}]),
    ),
)


@st.composite
def leaf(draw: st.DrawFn) -> dict[str, Any]:
    written: dict[str, Any] = draw(leaves)
    return written


def groups(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, max_size=3)
    group = st.fixed_dictionaries({}, optional={"all": some, "any": some, "none": some})
    return group.filter(bool) | joined(leaf(), group)


conditions = st.recursive(leaf(), groups, max_leaves=5)
people = st.builds(
    Person,
    key=st.just(""),
    attributes=st.fixed_dictionaries(
        {},
        optional={
            "city": texts,
            "visits": st.integers(-1, 3),
            "height": st.sampled_from([0.1, 0.3, 0.30000000000000004, 1.0, 12.5, -0.2]),
            "vip": st.booleans(),
            "birthday": days,
            "joined": times,
            "home": points,
        },
    ),
    events=st.lists(
        st.builds(Event, st.just(0), times, st.sampled_from(["order", "visit"]), properties),
        max_size=8,
    ).map(tuple),
    consents=st.dictionaries(
        st.tuples(st.sampled_from(["offers", "news"]), st.sampled_from(["", "email", "sms"])),
        st.booleans(),
    ),
    scores=st.fixed_dictionaries({}, optional={"value.alive": st.sampled_from([0.1, 0.9, 1.0])}),
)


@st.composite
def playbooks(draw: st.DrawFn) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name in segment_names:
        condition = draw(conditions)
        if written and draw(st.integers(0, 4)) == 0:
            other = draw(st.sampled_from(sorted(written)))
            condition = {"any": [condition, {"segment": other}]}
        written[name] = condition
    return {"segments": written, "traits": draw(traits), "zone": "Europe/Berlin"}


def numbered(crowd: list[Person]) -> list[Person]:
    """Customers with keys of their own, events with numbers in no order of time."""
    found, number = [], 0
    for at, person in enumerate(crowd):
        events = []
        for event in person.events:
            number += 1
            events.append(Event(number, event.time, event.name, event.properties))
        found.append(
            Person(f"c{at}é", person.attributes, tuple(events), person.consents, person.scores)
        )
    return found


def sampled(seed: str, key: str, share: float) -> bool:
    return stable_share(seed, key) < threshold(share)


def test_sql_and_python_agree_about_every_customer(store: Store) -> None:
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(playbooks(), st.lists(people, min_size=1, max_size=12))
    def agree(words: dict[str, Any], crowd: list[Person]) -> None:
        playbook = make_playbook(**words)
        crowd = numbered(crowd)
        fit(store, playbook)
        empty(store)
        write(store, playbook, crowd)
        run(store, playbook, NOW)
        evaluator = Evaluator(playbook, NOW, sampled)
        for name, condition in playbook.segments.items():
            expected = [p.key for p in crowd if evaluator.holds(condition, p)]
            assert inside(store, name) == sorted(expected), words["segments"][name]

    agree()
