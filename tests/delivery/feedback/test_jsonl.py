"""Lines of JSON: what each says, and why some can't be used."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.delivery.feedback.jsonl import LONGEST, read_lines
from regulars.delivery.feedback.reports import Refused, Report
from regulars.instants import micros

CHICAGO = ZoneInfo("America/Chicago")


def read(*lines: bytes | dict[str, Any]) -> list[tuple[int, object]]:
    text = b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines)
    return list(read_lines(io.BytesIO(text), CHICAGO))


def reason(line: bytes | dict[str, Any]) -> str:
    ((_, refused),) = read(line)
    assert isinstance(refused, Refused)
    return refused.reason


def test_a_line_says_what_happened_to_which_message() -> None:
    line = {
        "event": "clicked", "at": "2026-08-01T10:00:00Z", "delivery": " abc ", "id": 7,
        "url": "https://x.example", "user_agent": "Firefox", "ip": "192.0.2.1",
        "seconds_after_delivery": 2.5, "something": ["else"],
    }  # fmt: skip
    at = micros(datetime(2026, 8, 1, 10, tzinfo=UTC))
    report = Report(
        "clicked", at, delivery="abc", id="7", url="https://x.example", user_agent="Firefox",
        ip="192.0.2.1", delay=2.5,
    )  # fmt: skip
    assert read(line) == [(1, report)]


def test_a_time_without_an_offset_is_the_playbooks() -> None:
    ((_, report),) = read({"event": "opened", "address": "a", "at": "2026-08-01 05:00"})
    assert isinstance(report, Report)
    assert report.at == micros(datetime(2026, 8, 1, 10, tzinfo=UTC))


def test_blank_lines_count_and_say_nothing() -> None:
    found = read(b"\xef\xbb\xbf" + b'{"event":"opened","address":"a"}', b"", b"  ", b"{}")
    assert [number for number, _ in found] == [1, 4]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"not json", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b"[]", "not an object"),
        (b"7", "not an object"),
        ({"event": "bouncd", "address": "a"}, "unknown event 'bouncd' (did you mean 'bounced'?)"),
        ({"address": "a"}, "event: is missing"),
        ({"event": 3, "address": "a"}, "event: is missing"),
        ({"event": "opened"}, "which message"),
        ({"event": "opened", "address": " "}, "which message"),
        ({"event": "opened", "address": "a", "at": "yesterday"}, "at: 'yesterday' is not"),
        ({"event": "opened", "address": "a", "at": True}, "at: "),
        ({"event": "bounced", "address": "a", "permanent": "yes"}, "permanent: should be true"),
        ({"event": "opened", "address": "a\0"}, "address: has a NUL"),
        ({"event": "opened", "address": "\ud800"}, "address: is not valid Unicode"),
        ({"event": "opened", "address": "a" * 2_000}, "address: is longer"),
        ({"event": "clicked", "address": "a", "seconds_after_delivery": "soon"}, "seconds_after"),
        (b'{"event": "clicked", "address": "a", "seconds_after_delivery": 1e999}', "seconds_after"),
        (b'{"event": "opened", "address": "' + b"a" * LONGEST + b'"}', "longer than"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(line: bytes | dict[str, Any], said: str) -> None:
    assert said in reason(line)


def test_after_an_endless_line_comes_the_next() -> None:
    found = read(b'{"x": "' + b"a" * 5 * LONGEST, {"event": "opened", "address": "a"})
    assert [(n, type(f)) for n, f in found] == [(1, Refused), (2, Report)]


@given(st.lists(st.binary(max_size=60)))
def test_no_bytes_stop_the_reading(lines: list[bytes]) -> None:
    read(*lines)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
WORDS = st.sampled_from(["event", "at", "delivery", "token", "permanent", "id", "url", "address"])


@given(st.dictionaries(WORDS, JSON | st.sampled_from(["opened", "bounced"])))
def test_no_values_stop_the_reading(line: dict[str, Any]) -> None:
    read(line)
