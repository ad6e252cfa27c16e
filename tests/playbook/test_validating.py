"""What is wrong in a part, in plain words, at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Problems = Callable[..., list[str]]
JOURNEY = "journeys: {j: {when: {enters: regulars}, steps: "

WRONG = {
    "a word of a where": ("segments:\n  lapsed:\n    performed: order\n    where:\n      item: {iz: x}\n", "6:14: segments.lapsed.where.item: unknown field 'iz'"),
    "a condition's word": ("segments: {a: {tarit: spend, at_least: 3}}", "2:16: segments.a: unknown condition 'tarit' (did you mean 'trait'?)"),
    "a comparison of nothing": ("segments: {a: {at_least: 3}}", "2:16: segments.a: 'at_least' of what? Write attribute, trait, score or performed beside it"),
    "no comparison": ("segments: {a: {any: [{attribute: city}]}}", "2:22: segments.a.any[0]: say what it is compared with"),
    "two aggregates": ("segments: {a: {performed: order, sum: total, average: total, at_least: 1}}", "2:15: segments.a: only one of sum and average can be compared at a time"),
    "an aggregate alone": ("segments: {a: {performed: order, sum: total}}", "2:15: segments.a: say what the sum is compared with"),
    "an empty condition": ("segments: {a: {}}", "2:15: segments.a: an empty condition; write one of its words, or all, any, none"),
    "a text as condition": ("segments: {a: {all: [regulars]}}", "2:22: segments.a.all[0]: should be a mapping, not 'regulars'"),
    "nothing as condition": ("segments: {a: }", "2:15: segments.a: should be a mapping, not nothing"),
    "a quoted number": ("segments: {a: {performed: order, at_least: \"4\"}}", "2:44: segments.a.at_least: should be a number, not '4'; take the quotes away"),
    "a number as text": ("segments: {a: {attribute: city, contains: 4}}", "2:43: segments.a.contains: should be text, not 4; put it in quotes"),
    "a list as value": ("segments: {a: {attribute: city, is: [x]}}", "2:37: segments.a.is: should be text, a number or true or false, not a list"),
    "a value as list": ("segments: {a: {attribute: city, in: x}}", "2:37: segments.a.in: should be a list, not 'x'"),
    "between one": ("segments: {a: {attribute: points, between: [1]}}", "2:44: segments.a.between: needs at least 2 items"),
    "in nothing": ("segments: {a: {attribute: city, in: []}}", "2:37: segments.a.in: must not be empty"),
    "a word beside a name that is also a tag": ("segments: {a: {performed: order, all: [{performed: order, atleast: 2}]}}", "2:59: segments.a.all[0]: unknown field 'atleast' (did you mean 'at_least'?)"),
    "an event's name": ("segments: {a: {performed: Order!}}", "2:27: segments.a.performed: should be lower-case letters, digits, _ and -, starting with a letter, with dots between, not 'Order!'"),
    "a duration": ("segments: {a: {performed: order, within: 90}}", "2:42: segments.a.within: 90 is not a duration; write 90d, 2h, 15m, 30s, 6w, 3mo or 1y"),
    "a duration of nothing": ("segments: {a: {performed: order, within: 0d}}", "2:42: segments.a.within: '0d' must be longer than zero"),
    "a distance": ("segments: {a: {near: [1, 2], within: far, attribute: home}}", "2:38: segments.a.within: 'far' is not a distance; write it as 3km, 500m or 2mi"),
    "a place off the earth": ("segments: {a: {near: [100, 2], within: 1km, attribute: home}}", "2:15: segments.a: near is [latitude -90 … 90, longitude -180 … 180]"),
    "a share": ("segments: {a: {sample: 0.1, seed: x}}", "2:24: segments.a.sample: 0.1 is not a percentage; write it as 5% or 12.5%"),
    "a time": ("segments: {a: {attribute: joined, before: tomorrow}}", "2:43: segments.a.before: 'tomorrow' is not a time; write it as \"2026-12-01 09:00\""),
    "a missing word": ("journeys: {j: {steps: [exit]}}", "2:12: journeys.j: 'when' is missing"),
    "a missing word in a list": (JOURNEY + "[{if: {segment: regulars}}]}}", "2:50: journeys.j.steps[0]: 'then' is missing"),
    "no steps": (JOURNEY + "[]}}", "2:49: journeys.j.steps: must not be empty"),
    "a step": (JOURNEY + "[{sned: hello}]}}", "2:51: journeys.j.steps[0]: unknown step 'sned' (did you mean 'send'?)"),
    "a bare step": (JOURNEY + "[exti]}}", "2:50: journeys.j.steps[0]: unknown step 'exti' (did you mean 'exit'?)"),
    "no step at all": (JOURNEY + "[{x: y}]}}", "2:50: journeys.j.steps[0]: unknown step; a step is one of send, if, set, emit, exit"),
    "a word beside if": (JOURNEY + "[{if: {segment: regulars}, thn: []}]}}", "2:77: journeys.j.steps[0]: unknown field 'thn' (did you mean 'then'?)"),
    "a word of a step": (JOURNEY + "[{send: hello, vai: email}]}}", "2:64: journeys.j.steps[0]: unknown field 'vai' (did you mean 'via'?)"),
    "a trigger": ("journeys: {j: {when: {enter: regulars}, steps: [exit]}}", "2:23: journeys.j.when: unknown kind of trigger 'enter' (did you mean 'enters'?)"),
    "a trigger's time": ("journeys: {j: {when: {date: attribute.birthday, at: 9:00}, steps: [exit]}}", "2:53: journeys.j.when.at: '9:00' is not a time of day; write it as \"09:00\""),
    "a trigger's date": ("journeys: {j: {when: {date: birthday}, steps: [exit]}}", "2:29: journeys.j.when.date: should be attribute.NAME, trait.NAME or score.MODEL.NAME, not 'birthday'"),
    "again, misspelt": ("journeys: {welcome: {again: nevr}}", "2:29: journeys.welcome.again: should be never or always, not 'nevr' (did you mean 'never'?)"),
    "again, neither": ("journeys: {welcome: {again: soon}}", "2:29: journeys.welcome.again: should be never or always; otherwise 'soon' is not a duration"),
    "existing leaves": ("journeys: {j: {when: {leaves: regulars}, existing: true, steps: [exit]}}", "2:15: journeys.j: existing: true has no meaning with leaves: nobody is inside"),
    "yes": ("journeys: {welcome: {existing: yes}}", "2:32: journeys.welcome.existing: should be true or false, not 'yes'"),
    "a trait": ("traits: {t: {cuont: order}}", "2:14: traits.t: unknown kind of trait 'cuont' (did you mean 'count'?)"),
    "no trait": ("traits: {t: 3}", "2:13: traits.t: say what it computes: one of count, sum,"),
    "a trait's type": ("traits: {t: {last: order.item, type: txt}}", "2:38: traits.t.type: should be text or number, not 'txt' (did you mean 'text'?)"),
    "two bodies": ("messages: {hello: {email: {template: x}}}", "2:27: messages.hello.email: give either body or template, not both"),
    "no body": ("messages: {m: {topic: offers, email: {subject: x}}}", "2:38: messages.m.email: an e-mail needs a body or a template beside its subject"),
    "no subject": ("messages: {m: {topic: offers, email: {body: x}}}", "2:38: messages.m.email: an e-mail needs a subject; a text message has only text"),
    "no part": ("messages: {m: {topic: offers}}", "2:15: messages.m: a message needs a part for at least one channel"),
    "a word of a part": ("messages: {hello: {email: {preheeder: x}}}", "2:28: messages.hello.email: unknown field 'preheeder' (did you mean 'preheader'?)"),
    "a basis": ("topics: {offers: {basis: optin}}", "2:26: topics.offers.basis: should be opt_in, opt_out or transactional, not 'optin' (did you mean 'opt_in'?)"),
    "provides": ("sources: {people: {provides: customer}}", "2:30: sources.people.provides: should be customers or events, not 'customer' (did you mean 'customers'?)"),
    "a column": ("sources: {people: {map: {city: {colum: x}}}}", "2:33: sources.people.map.city: unknown field 'colum' (did you mean 'column'?)"),
    "no name of events": ("sources: {v: {use: csv, path: v, provides: events}}", "2:14: sources.v: name the event: event: order, or map: {event: column}"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=list(WRONG))
def test_each_mistake_is_told_in_plain_words(shop: Problems, text: str, told: str) -> None:
    lines = shop(text)
    assert [line for line in lines if line.startswith(f"playbook.yaml:{told}")], lines
    for jargon in ("Input should", "valid dictionary", "Extra inputs", "Value error", "union_tag"):
        assert jargon not in "".join(lines)
