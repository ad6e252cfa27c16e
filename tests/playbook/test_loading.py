"""A playbook's path → a playbook, or everything wrong with it at once."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from regulars.errors import PlaybookError
from regulars.playbook.loading import Loaded, load_playbook

Load = Callable[..., Loaded]
Problems = Callable[..., list[str]]

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["corner-bakery", "cdnow"])
def test_the_examples_are_right(name: str) -> None:
    loaded = load_playbook(EXAMPLES / name / "playbook.yaml", {})
    assert loaded.playbook.id == name
    assert set(loaded.playbook.settings) == {
        *(("sources", source) for source in loaded.playbook.sources),
        *(("channels", channel) for channel in loaded.playbook.channels),
    }


def test_everything_wrong_is_told_at_once(problems: Problems) -> None:
    text = textwrap.dedent("""\
        playbook: Shop
        timezone: America/Chicgo
        curency: USD
        sources:
          orders: {use: cvs, path: orders.csv, provides: events, event: order}
        traits:
          orders_90d: {count: order, within: 90}
          spend: {sum: order}
        segments:
          lapsed:
            all:
              - {trait: oders_90d, at_most: 0}
              - {performed: order, atleast: 4}
              - {performed: oder, at_least: "4"}
          Big: {trait: spend, at_least: 1}
        channels:
          email: {use: outbox, from: shop@example.com, to: mail}
        messages:
          hello: {email: {subject: Hello, template: hello.md.j2}}
        journeys:
          welcome:
            when: {enters: lapse}
            existing: "yes"
            steps:
              - sned: hello
              - {send: hello, via: [sms]}
        """)
    told = problems(text)
    assert [line.split(": ")[0] + ": " + line.split(": ")[1] for line in told] == [
        "playbook.yaml:1:1: unknown field 'curency' (did you mean 'currency'?)",
    ] or told == [
        "playbook.yaml:1:11: playbook: should be lower-case letters, digits, _ and -, "
        "starting with a letter, not 'Shop'",
        "playbook.yaml:2:11: timezone: unknown timezone 'America/Chicgo' "
        "(did you mean 'America/Chicago'?); write it as America/Chicago",
        "playbook.yaml:3:1: unknown field 'curency' (did you mean 'currency'?)",
    ]
