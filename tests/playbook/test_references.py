"""Every name stands for something, and fits where it is used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Problems = Callable[..., list[str]]

WRONG = {
    # names
    "trait": ("segments: {a: {trait: spent, at_least: 1}}", "2:23: segments.a: unknown trait 'spent' (did you mean 'spend'?)"),
    "segment": ("segments: {a: {none: [{segment: regular}]}}", "2:33: segments.a.none[0]: unknown segment 'regular' (did you mean 'regulars'?)"),
    "attribute": ("segments: {a: {attribute: citty, is: x}}", "2:27: segments.a: unknown attribute 'citty' (did you mean 'city'?)"),
    "score": ("segments: {a: {score: value.alive, at_least: 0.5}}", "2:23: segments.a: unknown score 'value.alive'; models are not built yet in this version"),
    "topic in a condition": ("segments: {a: {consented: offer}}", "2:27: segments.a: unknown topic 'offer' (did you mean 'offers'?)"),
    "channel in a condition": ("segments: {a: {consented: offers, channel: mail}}", "2:44: segments.a: unknown channel 'mail' (did you mean 'email'?)"),
    "topic of a message": ("messages: {hello: {topic: offer}}", "2:27: messages.hello: unknown topic 'offer' (did you mean 'offers'?)"),
    "no topic": ("messages: {bye: {sms: {text: Bye}}}", "2:12: messages.bye: 'topic' is missing; it is one of offers"),
    "channel of a part": ("messages: {hello: {emial: {text: Hi}}}", "2:20: messages.hello: unknown channel 'emial' (did you mean 'email'?)"),
    "message": ("journeys: {j: {when: {enters: regulars}, steps: [{send: helo}]}}", "2:57: journeys.j.steps[0]: unknown message 'helo' (did you mean 'hello'?)"),
    "via": ("journeys: {j: {when: {enters: regulars}, steps: [{send: hello, via: mail}]}}", "2:69: journeys.j.steps[0]: unknown channel 'mail' (did you mean 'email'?)"),
    "via without a part": ("journeys: {j: {when: {enters: regulars}, steps: [{send: hello, via: [email, sms]}]}}", "2:77: journeys.j.steps[0]: the message 'hello' has no part for the channel 'sms'"),
    "enters": ("journeys: {j: {when: {enters: regular}, steps: [exit]}}", "2:31: journeys.j.when: unknown segment 'regular' (did you mean 'regulars'?)"),
    "leaves": ("journeys: {j: {when: {leaves: regular}, steps: [exit]}}", "2:31: journeys.j.when: unknown segment 'regular' (did you mean 'regulars'?)"),
    "broadcast": ("journeys: {j: {when: {at: 2026-12-01, segment: x}, steps: [exit]}}", "2:48: journeys.j.when: unknown segment 'x'"),
    "in a branch": ("journeys: {j: {when: {enters: regulars}, steps: [{if: {any: [{trait: x, known: true}]}, then: [exit]}]}}", "2:70: journeys.j.steps[0].if.any[0]: unknown trait 'x'"),
    "in a step of a branch": ("journeys: {j: {when: {enters: regulars}, steps: [{if: {segment: regulars}, then: [], else: [{send: x}]}]}}", "2:100: journeys.j.steps[0].else[0]: unknown message 'x'"),
    "identity": ("customer: {identities: [email, fone]}", "2:32: customer.identities: unknown attribute 'fone' (did you mean 'phone'?)"),
    "address": ("channels: {sms: {to: fone}}", "2:22: channels.sms: unknown attribute 'fone' (did you mean 'phone'?)"),
    "consent topic": ("sources: {people: {map: {consent.offer: x}}}", "2:41: sources.people.map: unknown topic 'offer' (did you mean 'offers'?)"),
    "consent channel": ("sources: {people: {map: {consent.offers.mail: x}}}", "2:47: sources.people.map: unknown channel 'mail' (did you mean 'email'?)"),
    "built-in attribute": ("customer: {attributes: {email: text}}", "2:25: customer.attributes.email: 'email' is built in; take it out, or give this one another name"),
    # events
    "event": ("segments: {a: {performed: oder}}", "2:27: segments.a: unknown event 'oder' (did you mean 'order'?)"),
    "event not performed": ("segments: {a: {not_performed: visit}}", "2:31: segments.a: unknown event 'visit'"),
    "event of a trait": ("traits: {t: {count: oder}}", "2:21: traits.t: unknown event 'oder' (did you mean 'order'?)"),
    "event of a trigger": ("journeys: {j: {when: {event: oder}, steps: [exit]}}", "2:30: journeys.j.when: unknown event 'oder' (did you mean 'order'?)"),
    "inactive": ("journeys: {j: {when: {inactive: oder, for: 3d}, steps: [exit]}}", "2:33: journeys.j.when: unknown event 'oder' (did you mean 'order'?)"),
    "property": ("segments: {a: {performed: order, where: {itme: {is: x}}}}", "2:42: segments.a.where: unknown property 'itme' of the event 'order' (did you mean 'item'?)"),
    "property compared": ("segments: {a: {performed: order, sum: totl, at_least: 3}}", "2:39: segments.a: unknown property 'totl' of the event 'order' (did you mean 'total'?)"),
    "property of a trait": ("traits: {t: {sum: order.totl}}", "2:19: traits.t: unknown property 'totl' of the event 'order' (did you mean 'total'?)"),
    "property of a trigger": ("journeys: {j: {when: {event: order, key: id}, steps: [exit]}}", "2:42: journeys.j.when: unknown property 'id' of the event 'order'"),
    "sum of nothing": ("traits: {t: {sum: order}}", "2:19: traits.t: sum needs a property of the event: write sum: order.total"),
    "count of a property": ("traits: {t: {count: order.item}}", "2:21: traits.t: count counts events: write count: order, or distinct: order.item"),
    "dotted event": ("sources: {visits: {use: csv, path: v.csv, provides: events, event: shop.visit}}", "2:68: sources.visits: an event's own name has no dot, because order.total is a property; write shop_visit"),
    "dotted emit": ("journeys: {j: {when: {enters: regulars}, steps: [{emit: message.sent}]}}", "2:57: journeys.j.steps[0]: an event's own name has no dot, because order.total is a property; write message_sent"),
    "emitted property": ("journeys: {j: {when: {enters: regulars}, steps: [{emit: points, properties: {n: 5}}, {if: {performed: points, sum: m, at_least: 1}, then: []}]}}", "2:116: journeys.j.steps[1].if: unknown property 'm' of the event 'points'"),
    "SQL as a property": ("sources: {x: {use: csv, path: x, provides: events, event: any}}\nsegments: {a: {performed: any, where: {\"x' OR 1=1\": {is: 3}}}}", "3:40: segments.a.where: 'x' OR 1=1' can't be a property's name; use letters, digits, _ and -"),
    # types
    "text at least": ("segments: {a: {attribute: city, at_least: 3}}", "2:33: segments.a: 'at_least' can't compare city, which is text; use is, is_not, in, not_in, contains, starts_with, ends_with, known"),
    "date at least": ("segments: {a: {attribute: birthday, at_least: 3}}", "2:37: segments.a: 'at_least' can't compare birthday, which is a date; use is, is_not, in, not_in, before, after, within_last, within_next, known"),
    "number contains": ("segments: {a: {attribute: points, contains: x}}", "2:35: segments.a: 'contains' can't compare points, which is a whole number; use is, is_not, in, not_in, at_least, at_most, more_than, less_than, between, known"),
    "text before": ("segments: {a: {attribute: city, before: 2026-01-01}}", "2:33: segments.a: 'before' can't compare city"),
    "number within": ("segments: {a: {attribute: points, within_last: 3d}}", "2:35: segments.a: 'within_last' can't compare points"),
    "ignore case of a number": ("segments: {a: {attribute: points, is: 3, ignore_case: true}}", "2:42: segments.a: 'ignore_case' can't compare points"),
    "point": ("segments: {a: {attribute: home, is: x}}", "2:33: segments.a: 'is' can't compare home, which is a point; use known"),
    "text trait": ("segments: {a: {trait: usual, more_than: 3}}", "2:30: segments.a: 'more_than' can't compare usual, which is text"),
    "number trait": ("segments: {a: {trait: spend, starts_with: x}}", "2:30: segments.a: 'starts_with' can't compare spend, which is a number"),
    "time trait": ("segments: {a: {trait: last_order, at_least: 3}}", "2:35: segments.a: 'at_least' can't compare last_order, which is a time"),
    "text is a number": ("segments: {a: {attribute: city, is: 3}}", "2:37: segments.a: city is text, so it is never 3; put it in quotes"),
    "number is text": ("segments: {a: {attribute: points, in: [1, two]}}", "2:43: segments.a: points is a whole number, so it is never 'two'"),
    "whole number is none": ("segments: {a: {attribute: points, is: 1.5}}", "2:39: segments.a: points is a whole number, so it is never 1.5"),
    "boolean is text": ("segments: {a: {attribute: vegan, is: yes}}", "2:38: segments.a: vegan is true or false, so it is never 'yes'"),
    "date is none": ("segments: {a: {attribute: birthday, is: 2026-02-30}}", "2:41: segments.a: birthday is a date, written \"2026-12-01\", so it is never '2026-02-30'"),
    "time is none": ("segments: {a: {attribute: joined, is: today}}", "2:39: segments.a: joined is a time, written \"2026-12-01 09:00\", so it is never 'today'"),
    "one of": ("segments: {a: {attribute: plan, is: fre}}", "2:37: segments.a: plan is one of free, club, never 'fre' (did you mean 'free'?)"),
    "kind": ("segments: {a: {attribute: kind, in: [staff, partners]}}", "2:45: segments.a: kind is one of customer, staff, partner, never 'partners' (did you mean 'partner'?)"),
    "one of another type": ("customer: {attributes: {size: {type: integer, one_of: [1, x]}}}", "2:59: customer.attributes.size: size is a whole number, so it is never 'x'"),
    "near a text": ("segments: {a: {near: [1, 2], within: 1km, attribute: city}}", "2:54: segments.a: near needs a point, and city is text"),
    "near nowhere": ("segments: {a: {near: [1, 2], within: 1km}}", "2:22: segments.a: near needs a point; declare it: customer: {attributes: {location: point}}"),
    "date of a text": ("journeys: {j: {when: {date: attribute.city}, steps: [exit]}}", "2:29: journeys.j.when: attribute.city is no date; its type is text"),
    "date of a number": ("journeys: {j: {when: {date: trait.spend}, steps: [exit]}}", "2:29: journeys.j.when: trait.spend is no date; its type is number"),
    "date of a score": ("journeys: {j: {when: {date: score.x.y}, steps: [exit]}}", "2:29: journeys.j.when: unknown score 'x.y'; models are not built yet in this version"),
    "date of nothing": ("journeys: {j: {when: {date: attribute.birthdy}, steps: [exit]}}", "2:29: journeys.j.when: unknown attribute 'birthdy' (did you mean 'birthday'?)"),
    "no cron": ("journeys: {j: {when: {schedule: 0 9 * * moon, segment: regulars}, steps: [exit]}}", "2:33: journeys.j.when: not a schedule (bad day-of-week); write minute, hour, day, month, weekday: 0 9 * * mon"),
    "cron with seconds": ("journeys: {j: {when: {schedule: 0 0 9 * * mon, segment: regulars}, steps: [exit]}}", "2:33: journeys.j.when: not a schedule (it has 5 words); write minute"),
    "cron that never comes": ("journeys: {j: {when: {schedule: 0 9 30 2 *, segment: regulars}, steps: [exit]}}", "2:33: journeys.j.when: not a schedule (bad day-of-month); write minute"),
    # steps
    "set an undeclared attribute": ("journeys: {j: {when: {enters: regulars}, steps: [{set: {mood: x}}]}}", "2:57: journeys.j.steps[0].set: 'mood' is not a declared attribute, so it can't be set"),
    "set the address": ("journeys: {j: {when: {enters: regulars}, steps: [{set: {email: x}}]}}", "2:57: journeys.j.steps[0].set: 'email' is not a declared attribute, so it can't be set"),
    "set another type": ("journeys: {j: {when: {enters: regulars}, steps: [{set: {points: x}}]}}", "2:65: journeys.j.steps[0].set: points is a whole number, so it is never 'x'"),
    "set another value": ("journeys: {j: {when: {enters: regulars}, steps: [{set: {plan: x}}]}}", "2:63: journeys.j.steps[0].set: plan is one of free, club, never 'x'"),
    "set a wrong zone": ("journeys: {j: {when: {enters: regulars}, steps: [{set: {timezone: Mars}}]}}", "2:67: journeys.j.steps[0].set: unknown timezone 'Mars'"),
    "two steps with one id": ("journeys: {j: {when: {enters: regulars}, steps: [{send: hello}, {if: {segment: regulars}, then: [{send: hello}]}]}}", "2:105: journeys.j.steps[1].then[0]: another step of this journey is called 'hello'; give this one an id"),
    "an id that another step has by itself": ("journeys: {j: {when: {enters: regulars}, steps: [exit, {send: hello, id: exit-1}]}}", "2:74: journeys.j.steps[1]: another step of this journey is called 'exit-1'; give this one an id"),
    # sources, messages
    "map without time": ("sources: {v: {use: csv, path: v, provides: events, event: v, map: {customer: c}}}", "2:62: sources.v.map: 'time' is missing; a source of events maps it to a column"),
    "map without id": ("sources: {v: {use: csv, path: v, provides: customers, map: {city: c}}}", "2:55: sources.v.map: 'id' is missing; a source of customers maps it to a column"),
    "column of a field": ("sources: {people: {map: {city: {column: town}}}}", "2:32: sources.people.map: write the column's name alone: city: town"),
    "template": ("messages: {hello: {sms: {template: hello.txt.j2}}}", "2:36: messages.hello.sms: there is no file hello.txt.j2 beside the playbook; create it"),
    "channel named like a word": ("channels: {topic: {use: outbox}}", "2:12: channels: a channel can't be named 'topic'; the word has a meaning in messages"),
    "long name": (f"traits: {{{'x' * 61}: {{count: order}}}}", "2:10: traits: the name should have at most 60 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=list(WRONG))
def test_each_wrong_name_is_told_at_its_place(shop: Problems, text: str, told: str) -> None:
    (problem,) = shop(text)
    assert problem.startswith(f"playbook.yaml:{told}")


RIGHT = {
    "message events": "segments: {a: {performed: message.opened, where: {link: {is: x}}}}",
    "an emitted event": "journeys: {j: {when: {event: points}, steps: [{emit: points, properties: {n: 1}}]}}\n"
    "traits: {points: {sum: points.n}}",
    "any event when a column names it": "sources: {v: {use: csv, path: v, provides: events, map: "
    "{customer: c, time: t, event: {column: e}}}}\nsegments: {a: {performed: whatever, sum: x, at_least: 1}}",
    "any property without a map": "sources: {v: {use: csv, path: v, provides: events, event: visit}}\n"
    "traits: {pages: {distinct: visit.page}}",
    "the step id of one's own": "journeys: {j: {when: {enters: regulars}, "
    "steps: [{send: hello}, {send: hello, id: again}]}}",
    "an attribute set to nothing": "journeys: {j: {when: {enters: regulars}, steps: [{set: {points: ~}}]}}",
    "built-in attributes set": "journeys: {j: {when: {enters: regulars}, "
    "steps: [{set: {kind: staff, timezone: Asia/Tokyo, locale: ja_JP}}]}}",
    "a date compared": "segments: {a: {attribute: birthday, before: 2000-01-01, is_not: 1999-12-31}}",
    "one_of without its case": "segments: {a: {attribute: plan, is: FREE, ignore_case: true}}",
    "a trait's time": "journeys: {j: {when: {date: trait.last_order, offset: 30d}, steps: [exit]}}",
    "an attribute that is a point": "segments: {a: {near: [1, 2], within: 1km, attribute: home}}",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=list(RIGHT))
def test_nothing_is_told_of_what_is_right(shop: Problems, text: str) -> None:
    assert shop(text) == []


def test_a_circle_of_segments_is_told_once_from_its_first(problems: Problems) -> None:
    text = "playbook: x\nsegments:\n  c: {segment: a}\n  a: {none: [{segment: b}]}\n  b: {segment: c}\n"
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


def test_a_medium_that_the_channel_does_not_carry_is_told(folder: object, shop: Problems) -> None:
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
