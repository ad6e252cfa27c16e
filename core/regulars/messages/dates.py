"""Dates and times as people read them, in the customer's zone.

Names of months and days are English; readers of other languages get numbers by default.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from jinja2 import TemplateRuntimeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DIRECTIVES: dict[str, Callable[[datetime], str]] = {
    "Y": lambda t: f"{t.year:04}",
    "y": lambda t: f"{t.year % 100:02}",
    "m": lambda t: f"{t.month:02}",
    "d": lambda t: f"{t.day:02}",
    "e": lambda t: f"{t.day}",
    "B": lambda t: _MONTHS[t.month - 1],
    "b": lambda t: _MONTHS[t.month - 1][:3],
    "A": lambda t: _DAYS[t.weekday()],
    "a": lambda t: _DAYS[t.weekday()][:3],
    "H": lambda t: f"{t.hour:02}",
    "I": lambda t: f"{t.hour % 12 or 12:02}",
    "M": lambda t: f"{t.minute:02}",
    "S": lambda t: f"{t.second:02}",
    "p": lambda t: "AM" if t.hour < _NOON else "PM",
    "j": lambda t: f"{t.timetuple().tm_yday:03}",
    "Z": lambda t: t.tzname() or "UTC",
    "z": lambda t: t.strftime("%z"),
    "%": lambda _: "%",
}
_NOON = 12
_DIRECTIVE = re.compile(r"%(-?)(.?)", re.DOTALL)

# The first that the locale begins with.
_DATE = {
    "en_us": "%B %e, %Y",
    "en": "%e %B %Y",
    "de": "%d.%m.%Y",
    "fr": "%d/%m/%Y",
    "es": "%d/%m/%Y",
    "it": "%d/%m/%Y",
    "pt": "%d/%m/%Y",
    "nl": "%d-%m-%Y",
    "pl": "%d.%m.%Y",
    "cs": "%-d.%-m.%Y",
    "da": "%d.%m.%Y",
    "nb": "%d.%m.%Y",
    "fi": "%-d.%-m.%Y",
    "": "%Y-%m-%d",
}
_TIME = {"en_us": "%-I:%M %p", "en_ca": "%-I:%M %p", "en_au": "%-I:%M %p", "": "%H:%M"}


def date_text(value: object, zone: ZoneInfo, locale: str, pattern: str | None = None) -> str:
    """The day of ``value`` in ``zone``, as ``March 1, 2026`` or by ``pattern``."""
    return _format(_local(value, zone), pattern or _by_locale("date", locale))


def time_text(value: object, zone: ZoneInfo, locale: str, pattern: str | None = None) -> str:
    """The time of day of ``value`` in ``zone``, as ``9:30 AM`` or by ``pattern``."""
    return _format(_local(value, zone), pattern or _by_locale("time", locale))


def datetime_text(value: object, zone: ZoneInfo, locale: str, pattern: str | None = None) -> str:
    """Day and time of ``value`` in ``zone``, or what ``pattern`` asks for: ``%d %B %Y``."""
    if pattern is None:
        pattern = _by_locale("date", locale) + ", " + _by_locale("time", locale)
    return _format(_local(value, zone), pattern)


@lru_cache(maxsize=256)
def _by_locale(what: Literal["date", "time"], locale: str) -> str:
    patterns = _DATE if what == "date" else _TIME
    wanted = locale.replace("-", "_").lower()
    return next(pattern for start, pattern in patterns.items() if wanted.startswith(start))


def _local(value: object, zone: ZoneInfo) -> datetime:
    """``value`` in ``zone``; a date alone is the start of that day, whatever the zone."""
    if isinstance(value, str):
        value = _read(value)
    if isinstance(value, datetime):
        try:
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
        except OverflowError:
            raise TemplateRuntimeError(f"{value} is outside the calendar") from None
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    raise TemplateRuntimeError(f"{str(value)[:40]!a} is neither a date nor a time")


def _read(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)
    except ValueError:
        raise TemplateRuntimeError(f"{text[:40]!a} is neither a date nor a time") from None


def _format(moment: datetime, pattern: str) -> str:
    """Like strftime, but the same on every system and with no widths to fill memory with."""
    begin, directives = _cut(pattern)
    written = [begin]
    for write, short, between in directives:
        text = write(moment)
        written += ((text.lstrip("0") or "0") if short else text, between)
    return "".join(written)


@lru_cache(maxsize=256)
def _cut(pattern: str) -> tuple[str, tuple[tuple[Callable[[datetime], str], str, str], ...]]:
    """What comes before the first directive; how each is written, its ``-``, what follows it."""
    begin, *pieces = _DIRECTIVE.split(pattern)
    directives = []
    for short, letter, between in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        if letter not in _DIRECTIVES:
            known = " ".join(f"%{letter}" for letter in _DIRECTIVES)
            shown = f"%{short}{letter}"
            raise TemplateRuntimeError(f"{shown!r} is no part of a date; use {known}")
        directives.append((_DIRECTIVES[letter], short, between))
    return begin, tuple(directives)
