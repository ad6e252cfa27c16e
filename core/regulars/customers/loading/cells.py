"""Cells: one value of a source as the store keeps it. A bad one is a ValueError with its reason.

Nothing, the empty text and NaN are unknown: None.
"""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from regulars.amounts import millionths
from regulars.instants import EPOCH, MICROSECOND
from regulars.stored import VALUE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

KEY_LENGTH = 190  # characters of an id
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?", re.ASCII | re.IGNORECASE)
_PLAIN_POINT = re.compile(r"([+-]?\d+(?:\.\d+)?),([+-]?\d+(?:\.\d+)?)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?|\d{8}(T\d{4}.*)?)", re.ASCII | re.IGNORECASE
)
_OFFSET = re.compile(r"[T ].*[Z+-]", re.IGNORECASE)
_SECONDS = re.compile(r"-?\d{9,11}(\.\d*)?", re.ASCII)  # shorter ones may be years
_BIGGEST = 2**63
_YES = frozenset({"true", "yes", "y", "t", "1", "on"})
_NO = frozenset({"false", "no", "n", "f", "0", "off"})
EARLIEST = -62_135_596_800_000_000  # microseconds: the year 1
LATEST = 253_402_300_800_000_000  # the year 10,000
_SHOWN = 80  # characters of a bad value


def shown(value: object) -> str:
    """``value`` for a reason: quoted, control characters visible, not too long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def plain(value: Any) -> Any:
    """``value`` as text, int, float, bool, list, dict, date, datetime or None; exact decimals."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, Decimal):
        return None if value.is_nan() else format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        raise ValueError("is binary, not text")  # noqa: TRY004 (a bad row)
    if isinstance(value, str | int | list | dict | date):
        return value
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, time) else str(value)


def jsonable(value: Any) -> Any:
    """``value`` as JSON has it: text, number, true, false, list, object or None."""
    value = plain(value)
    if isinstance(value, str):
        check_texts([value])
    elif isinstance(value, list | dict):
        written = json.dumps(value, ensure_ascii=False, default=str)
        check_texts([written])
        if "\\u0000" in written:
            raise ValueError("has a NUL character")
        return json.loads(written)
    return value.isoformat() if isinstance(value, date) else value


def _finite(value: float) -> float | None:
    if math.isinf(value):
        raise ValueError("is infinite")
    return None if math.isnan(value) else value


def text(value: Any) -> str | None:
    """``value`` as text; a whole float as the whole number it is."""
    value = plain(value)
    if value is None:
        return None
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def short_text(value: Any) -> str | None:
    """Text that fits an attribute: no NUL, whole Unicode, at most 1000 characters."""
    found = text(value)
    if found is not None:
        check_texts([found], VALUE_LENGTH)
    return found


def short_texts(column: Sequence[str]) -> list[str | None]:
    """``short_text`` of each text of a column."""
    check_texts(column, VALUE_LENGTH)
    return [value or None for value in column]


def check_texts(
    values: Sequence[str], longest: int | None = None, written: str | None = None
) -> None:
    """Refuse what not every database keeps: NUL, halves of characters, too many characters.

    ``written`` is all of them joined, if that is known.
    """
    written = "".join(values) if written is None else written
    if "\0" in written:
        raise ValueError("has a NUL character")
    if not written.isascii():
        try:
            written.encode()
        except UnicodeEncodeError:
            raise ValueError("is not valid Unicode text") from None
    if longest is not None and values and max(map(len, values)) > longest:
        raise ValueError(f"is longer than {longest} characters")


def number(value: Any) -> float | None:
    """A finite number."""
    digits = _digits(value, _NUMBER, "a number")
    if digits is None:
        return None
    found = float(digits)
    if math.isinf(found):
        raise ValueError(f"{shown(value)} is too large")
    return found


def amount(value: Any) -> int | None:
    """A number in millionths."""
    digits = _digits(value, _NUMBER, "a number")
    return None if digits is None else millionths(digits)


def integer(value: Any) -> int | None:
    """A whole number of at most 64 bits."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    digits = _digits(value, _WHOLE, "a whole number")
    if digits is None:
        return None
    found = int(digits)
    if not -_BIGGEST <= found < _BIGGEST:
        raise ValueError(f"{shown(value)} is too large")
    return found


def _digits(value: Any, pattern: re.Pattern[str], what: str) -> str | None:
    value = plain(value)
    if value is None:
        return None
    digits = "" if isinstance(value, bool) else str(value).strip()
    if isinstance(value, str) and not digits:
        return None
    if pattern.fullmatch(digits) is None:
        raise ValueError(f"{shown(value)} is not {what}")
    return digits


def boolean(value: Any) -> int | None:
    """1 or 0, from true, yes, y, t, 1, on and their opposites."""
    word = (text(value) or "").strip().lower()
    if not word:
        return None
    if word not in _YES and word not in _NO:
        raise ValueError(f"{shown(value)} is neither yes nor no")
    return int(word in _YES)


def instant(value: Any, zone: ZoneInfo) -> int | None:
    """Microseconds UTC of an ISO 8601 time, a date (its local midnight) or epoch seconds.

    A time without an offset is local to ``zone``.
    """
    value = plain(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return _instant(value, zone)
    except (ValueError, OverflowError):
        raise ValueError(f"{shown(value)} is not a date or time") from None


def is_local(value: Any) -> bool:
    """Whether a time is written without an offset, so that its instant depends on the zone."""
    if isinstance(value, str):
        written = value.strip()
        return _ISO.fullmatch(written) is not None and _OFFSET.search(written) is None
    return isinstance(value, date) and getattr(value, "tzinfo", None) is None


def _instant(value: Any, zone: ZoneInfo) -> int:
    if isinstance(value, bool | list | dict):
        raise ValueError  # noqa: TRY004 (a bad row)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return _utc(moment, zone)
    written = str(value).strip()
    if _ISO.fullmatch(written) and isinstance(value, str):
        return _utc(datetime.fromisoformat(written.upper()), zone)
    if not isinstance(value, str) or _SECONDS.fullmatch(written):
        return _since_epoch(Decimal(written))
    raise ValueError


def _utc(moment: datetime, zone: ZoneInfo) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return _representable((moment - EPOCH) // MICROSECOND)


def _since_epoch(seconds: Decimal) -> int:
    return _representable(int(seconds * 1_000_000))


def _representable(micros: int) -> int:
    if not EARLIEST <= micros < LATEST:
        raise ValueError
    return micros


def day(value: Any, zone: ZoneInfo) -> str | None:
    """A date as ``YYYY-MM-DD``; of a time its day as written, of an instant its day in ``zone``."""
    value = plain(value)
    if isinstance(value, datetime):
        return (value.astimezone(zone) if value.tzinfo else value).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or not str(value).strip():
        return None
    written = str(value).strip()
    try:
        if not isinstance(value, str) or _ISO.fullmatch(written) is None:
            raise ValueError  # noqa: TRY301 (one message for all)
        return datetime.fromisoformat(written.upper()).date().isoformat()
    except ValueError:
        raise ValueError(f"{shown(value)} is not a date") from None


def point(value: Any) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, from ``lat,lon`` or a list of the two."""
    if type(value) is str and (plainly := _PLAIN_POINT.fullmatch(value)):
        return on_earth(float(plainly[1]), float(plainly[2]))
    value = plain(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    parts = value if isinstance(value, list) else str(value).split(",")
    try:
        latitude, longitude = map(number, parts)
    except ValueError:
        raise ValueError(f"{shown(value)} is not latitude,longitude") from None
    return on_earth(latitude, longitude)


def on_earth(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """The point, or None when both are unknown."""
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        raise ValueError("has only one of latitude and longitude")
    if abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 (degrees)
        raise ValueError(f"{latitude:g},{longitude:g} is not on Earth")
    return latitude, longitude
