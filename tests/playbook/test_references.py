"""Every name stands for something, and fits where it is used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.playbook.mistakes import mistakes

Problems = Callable[..., list[str]]

WRONG = mistakes("wrong_names.txt")


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=list(WRONG))
def test_each_wrong_name_is_told_at_its_place(shop: Problems, text: str, told: str) -> None:
    (problem,) = shop(text)
    assert problem.startswith(f"playbook.yaml:{told}")


RIGHT = {
    "message events": "segments: {a: {performed: message.opened, where: {link: {is: x}}}}",
    "an emitted event": "traits: {points: {sum: points.n}}\n"
    "journeys: {j: {when: {event: points}, steps: [{emit: points, properties: {n: 1}}]}}",
    "any event when a column names it": "sources: {v: {use: csv, path: v, provides: events, map: "
    "{customer: c, time: t, event: {column: e}}}}\n"
    "segments: {a: {performed: whatever, sum: x, at_least: 1}}",
    "any property without a map": "sources: {v: {use: csv, path: v, provides: events, event: v}}\n"
    "traits: {pages: {distinct: v.page}}",
    "the step id of one's own": "journeys: {j: {when: {enters: regulars}, "
    "steps: [{send: hello}, {send: hello, id: again}]}}",
    "an attribute set to nothing": "journeys: {j: {when: {enters: regulars}, "
    "steps: [{set: {points: ~}}]}}",
    "built-in attributes set": "journeys: {j: {when: {enters: regulars}, "
    "steps: [{set: {kind: staff, timezone: Asia/Tokyo, locale: ja_JP}}]}}",
    "a date compared": "segments: {a: {attribute: birthday, after: 2000-01-01, known: true}}",
    "one_of without its case": "segments: {a: {attribute: plan, is: FREE, ignore_case: true}}",
    "a trait's time": "journeys: {j: {when: {date: trait.last_order, offset: 30d}, steps: [exit]}}",
    "an attribute that is a point": "segments: {a: {near: [1, 2], within: 1km, attribute: home}}",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=list(RIGHT))
def test_nothing_is_told_of_what_is_right(shop: Problems, text: str) -> None:
    assert shop(text) == []


def test_a_circle_of_segments_is_told_once_from_its_first(problems: Problems) -> None:
    segments = "  c: {segment: a}\n  a: {none: [{segment: b}]}\n  b: {segment: c}\n"
    text = f"playbook: x\nsegments:\n{segments}"
    assert problems(text) == ["playbook.yaml:3:3: segments.c: circle: c → a → b → c"]


def test_a_segment_made_of_itself_is_a_circle(problems: Problems) -> None:
    assert problems("playbook: x\nsegments:\n  a: {segment: a}\n") == [
        "playbook.yaml:3:3: segments.a: circle: a → a"
    ]


def test_two_circles_are_both_told(problems: Problems) -> None:
    text = "playbook: x\nsegments:\n  a: {segment: b}\n  b: {segment: a}\n  c: {segment: c}\n"
    assert problems(text) == [
        "playbook.yaml:3:3: segments.a: circle: a → b → a",
        "playbook.yaml:5:3: segments.c: circle: c → c",
    ]


def test_a_long_chain_of_segments_is_no_circle(problems: Problems) -> None:
    chain = "".join(f"  s{n}: {{segment: s{n + 1}}}\n" for n in range(3_000))
    text = f"playbook: x\nsegments:\n{chain}  s3000: {{attribute: email, known: true}}\n"
    assert problems(text) == []


def test_a_medium_that_the_channel_does_not_carry_is_told(shop: Problems) -> None:
    (told,) = shop(
        "channels: {letters: {use: smtp, host: localhost, from: a@example.com}}\n"
        "messages: {hello: {letters: {text: Hi}}}\n"
    )
    assert (
        told == "playbook.yaml:3:20: messages.hello.letters: smtp carries email, and this is text"
    )


def test_without_sources_no_event_can_come(problems: Problems) -> None:
    assert problems("playbook: x\ntraits: {t: {count: order}}") == [
        "playbook.yaml:2:21: traits.t: unknown event 'order'; no source provides events"
    ]
