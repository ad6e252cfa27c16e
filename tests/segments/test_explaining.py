"""An explanation tells which part of a condition holds, and never disagrees with the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from regulars.segments.explaining import explain

from tests.segments.evaluator import Event, Person
from tests.segments.test_agreement import NOW, numbered, people, playbooks
from tests.segments.worlds import empty, fit, inside, make_playbook, run, utc, write

if TYPE_CHECKING:
    from regulars.segments.explaining import Finding
    from regulars.store import Store

TRAITS = {"spend": {"sum": "order.total"}}


def order(number: int, day: int, total: str) -> Event:
    return Event(number, utc(2026, 3, day), "order", {"total": total, "item": "bread"})


ADA = Person(
    "ada",
    attributes={"city": "Portland", "vip": True, "home": (45.52, -122.68)},
    events=(order(1, 1, "12.50"), order(2, 20, "7.50")),
    consents={("offers", "email"): True, ("news", ""): False},
)


def told(store: Store, person: Person, **segments: Any) -> dict[str, list[str]]:
    """Each segment's tree, a line a part: indented, marked, in words."""
    playbook = make_playbook(segments, TRAITS)
    fit(store, playbook)
    write(store, playbook, [person])
    scope, _ = run(store, playbook, NOW)
    with store.reading() as connection:
        found = explain(connection, scope, 1, list(segments))
    return {name: list(lines(finding)) for name, finding in found.items()}


def lines(finding: Finding, depth: int = 0) -> Any:
    said = f": {finding.actual}" if finding.actual else ""
    yield f"{'  ' * depth}{'✓' if finding.holds else '✗'} {finding.words}{said}"
    for inner in finding.inner:
        yield from lines(inner, depth + 1)


def test_every_leaf_shows_what_it_was_compared_with(store: Store) -> None:
    written: dict[str, Any] = {
        "poor": {"trait": "spend", "at_least": 50},
        "vip": {"attribute": "vip", "is": True},
        "nowhere": {"attribute": "birthday", "known": True},
        "often": {"performed": "order", "at_least": 2, "within": "20d"},
        "cake": {"performed": "order", "where": {"item": {"is": "cake"}}},
        "basket": {"performed": "order", "average": "total", "at_least": 10},
        "gone": {"not_performed": "order", "within": "7d"},
        "there": {"near": [45.53, -122.68], "within": "2km", "attribute": "home"},
        "alive": {"score": "value.alive", "at_least": 0.5},
    }
    at = "the last on 2026-03-20 00:00"
    assert told(store, ADA, **written) == {
        "poor": ["✗ {trait: spend, at_least: 50}: spend is 20.00"],
        "vip": ["✓ {attribute: vip, is: true}: vip is true"],
        "nowhere": ["✗ {attribute: birthday, known: true}: birthday is unknown"],
        "often": [f"✗ {{performed: order, at_least: 2, within: 20d}}: 1 in 20d, {at}"],
        "cake": ["✗ {performed: order, where: {item: {is: cake}}}: no such event"],
        "basket": [
            f"✓ {{performed: order, at_least: 10, average: total}}: average of total is 10.00, {at}"
        ],
        "gone": ["✓ {not_performed: order, within: 1w}: none in 7d, the last on 2026-03-20 00:00"],
        "there": ["✓ {near: [45.53, -122.68], within: 2000m, attribute: home}: 1.11km away"],
        "alive": ["✗ {score: value.alive, at_least: 0.5}: value.alive is unknown"],
    }


def test_a_consent_says_which_word_counts(store: Store) -> None:
    found = told(
        store,
        ADA,
        mail={"consented": "offers", "channel": "email"},
        sms={"consented": "offers", "channel": "sms"},
        news={"consented": "news", "channel": "email"},
        orders={"consented": "orders"},
    )
    assert [lines[0].partition("}: ")[2] for lines in found.values()] == [
        "said yes on email, 1970-01-01 00:00",
        "never said, and the topic is opt_in",
        "said no on every channel, 1970-01-01 00:00",
        "a transactional topic needs no word",
    ]


def test_groups_are_told_as_they_nest_and_a_segment_once(store: Store) -> None:
    found = told(
        store,
        ADA,
        rich={"trait": "spend", "at_least": 50},
        deep={
            "attribute": "city",
            "is": "Portland",
            "any": [{"segment": "rich"}, {"all": []}],
            "none": [{"segment": "rich"}],
        },
    )
    assert found["deep"] == [
        "✓ and",
        "  ✓ {attribute: city, is: Portland}: city is Portland",
        "  ✓ any",
        "    ✗ {segment: rich}",
        "      ✗ {trait: spend, at_least: 50}: spend is 20.00",
        "    ✓ all",
        "  ✓ none",
        "    ✗ {segment: rich}: told above",
    ]


def test_words_are_those_of_the_file_where_it_is_known(store: Store) -> None:
    playbook = make_playbook({"s": {"all": [{"not_performed": "order", "within": "14d"}]}})
    fit(store, playbook)
    write(store, playbook, [ADA])
    scope, _ = run(store, playbook, NOW)
    written = {"s": {"all": [{"within": "14d", "not_performed": "order"}]}}
    with store.reading() as connection:
        finding = explain(connection, scope, 1, ["s"], written)["s"]
    assert [leaf.words for leaf in finding.decisive()] == ["{within: 14d, not_performed: order}"]


def test_the_root_of_every_tree_is_the_membership(store: Store) -> None:
    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(playbooks(), st.lists(people, min_size=1, max_size=3))
    def agrees(words: dict[str, Any], crowd: list[Person]) -> None:
        playbook = make_playbook(**words)
        crowd = numbered(crowd)
        fit(store, playbook)
        empty(store)
        write(store, playbook, crowd)
        scope, _ = run(store, playbook, NOW)
        names = list(playbook.segments)
        members = {name: inside(store, name) for name in names}
        with store.reading() as connection:
            for number, person in enumerate(crowd, 1):
                found = explain(connection, scope, number, names)
                standing = {name: finding.holds for name, finding in found.items()}
                assert standing == {name: person.key in members[name] for name in names}

    agrees()
