"""JSON lines: one report a line, in regulars' own words, for any provider."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, BinaryIO

from regulars.customers.loading import cells
from regulars.customers.loading.reasons import of_field
from regulars.playbook.suggestions import unknown
from regulars.stored import VALUE_LENGTH

from .reports import KINDS, Refused, Report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from .reports import Found, Kind

LONGEST = 65_536  # octets of a line
ABOUT = ("delivery", "provider_id", "token", "address")
_TEXTS = (*ABOUT, "channel", "url", "user_agent", "ip", "detail", "id")
_LONGEST_TEXT = {"token": 10_000}  # characters; of the others what a database keeps
_PREFIX = "message."


def read_lines(stream: BinaryIO, zone: ZoneInfo) -> Iterator[tuple[int, Found]]:
    """Each line's number with what it says; blank lines say nothing.

    A time without an offset is local to ``zone``.
    """
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield number, Refused(f"is longer than {LONGEST:,} characters")
        elif line.strip():
            yield number, _read(line, zone)


def _read(line: bytes, zone: ZoneInfo) -> Found:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Refused("is not JSON; write one object a line")
    if not isinstance(fields, dict):
        return Refused('is not an object; write it as {"event": "bounced", "delivery": "…"}')
    try:
        return _report(fields, zone)
    except ValueError as error:
        return Refused(str(error))


def _report(fields: dict[str, Any], zone: ZoneInfo) -> Report:
    kind = _kind(fields.get("event"))
    texts = {name: _text(name, fields.get(name)) for name in _TEXTS}
    if not any(texts[name] for name in ABOUT):
        raise ValueError(f"doesn't say which message it is about; give one of {', '.join(ABOUT)}")
    permanent = fields.get("permanent")
    if permanent not in (None, True, False):
        raise ValueError("permanent: should be true or false")
    with of_field("at"):
        at = cells.instant(fields.get("at"), zone)
    delay = _seconds(fields.get("seconds_after_delivery"))
    return Report(kind, at, permanent=bool(permanent), delay=delay, **texts)


def _kind(event: object) -> Kind:
    name = event.removeprefix(_PREFIX) if isinstance(event, str) else ""
    for kind in KINDS:
        if kind == name:
            return kind
    raise ValueError(unknown("event", str(event), KINDS) if name else "event: is missing")


def _text(name: str, value: object) -> str | None:
    if value is None:
        return None
    with of_field(name):
        text = cells.text(value)
        if text is None or not text.strip():
            return None
        cells.check_texts([text], _LONGEST_TEXT.get(name, VALUE_LENGTH))
        return text.strip()


def _seconds(value: object) -> float | None:
    with of_field("seconds_after_delivery"):
        seconds = cells.number(value)
    return None if seconds is None or math.isnan(seconds) else seconds
