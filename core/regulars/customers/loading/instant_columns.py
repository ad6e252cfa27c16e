"""Instant columns: a column of ISO times at once, many times as fast as one by one.

Only what is plainly written is read here (``2025-03-01``, ``2025-03-01 10:00``, with seconds, with
three or six decimals, with a Z); every other column is read value by value.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from regulars.instants import DAY, MICROSECOND

from .cells import EARLIEST, LATEST
from .remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    Micros = NDArray[np.int64]

# Length → decimals of a second.
_LAYOUTS = {10: 0, 16: 0, 19: 0, 23: 3, 26: 6}
_SEPARATORS = {4: "-", 7: "-", 10: "T ", 13: ":", 16: ":", 19: "."}
_HOUR = DAY // 24  # microseconds
_MIXED = -(2**62)  # the clock changes within the hour, which few zones ever did
_DAY_LONG = 10  # characters of a date
_MONTHS = 12
_UNIX = datetime(1970, 1, 1)  # noqa: DTZ001 (local)


class InstantColumns:
    """Reads columns of ISO times; those without an offset are local to ``zone``."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._offsets = Remembered(self._offset_in)

    def read(self, column: Sequence[str], written: str) -> list[int] | None:
        """Microseconds UTC of each, or None when some are not plainly written.

        ``written`` is the whole column joined.
        """
        if len(set(map(len, column))) != 1 or not written.isascii():
            return None
        letters = np.frombuffer(written.encode(), np.uint8).reshape(len(column), -1)
        if letters.shape[1] > _DAY_LONG and (letters[:, -1] == ord("Z")).all():
            found = _parsed(letters[:, :-1])
        else:
            local = _parsed(letters)
            found = None if local is None else self._shifted(local)
        if found is None or found.min() < EARLIEST or found.max() >= LATEST:
            return None
        values: list[int] = found.tolist()
        return values

    def _shifted(self, local: Micros) -> Micros | None:
        if self._zone.key == "UTC":
            return local
        hours, places = np.unique(local // _HOUR, return_inverse=True)
        offsets = np.array([self._offsets[hour] for hour in hours.tolist()], dtype=np.int64)
        return None if _MIXED in offsets else local - offsets[places]

    def _offset_in(self, hour: int) -> int:
        """The offset from UTC during a local hour, in microseconds."""
        first = _UNIX + timedelta(hours=hour)
        try:
            offsets = {
                (first + late).replace(tzinfo=self._zone).utcoffset() for late in _ENDS_OF_HOUR
            }
        except OverflowError:
            return _MIXED
        (offset, *others) = offsets
        return _MIXED if others or offset is None else offset // MICROSECOND


_ENDS_OF_HOUR = (timedelta(0), timedelta(microseconds=_HOUR - 1))


def _parsed(letters: NDArray[np.uint8]) -> Micros | None:
    """Microseconds since 1970 as written, whatever the zone; None unless all are real times."""
    width = letters.shape[1]
    if width not in _LAYOUTS:
        return None
    separators = {place: signs for place, signs in _SEPARATORS.items() if place < width}
    for place, signs in separators.items():
        if not np.isin(letters[:, place], [ord(sign) for sign in signs]).all():
            return None
    digits = letters[:, [n for n in range(width) if n not in separators]] - np.uint8(ord("0"))
    if digits.max() > 9:  # noqa: PLR2004 (a letter)
        return None
    days = _days(digits)
    times = _time_of_day(digits, _LAYOUTS[width])
    return None if days is None or times is None else days * DAY + times


def _days(digits: NDArray[np.uint8]) -> Micros | None:
    """Days since 1970."""
    year, month, day = _number(digits, 0, 4), _number(digits, 4, 6), _number(digits, 6, 8)
    if year.min() < 1 or month.min() < 1 or month.max() > _MONTHS or day.min() < 1:
        return None
    months = (12 * (year - 1970) + month - 1).astype("M8[M]")
    days = months.astype("M8[D]") + (day - 1)
    return days.astype(np.int64) if (days.astype("M8[M]") == months).all() else None


def _time_of_day(digits: NDArray[np.uint8], decimals: int) -> Micros | None:
    """Microseconds since midnight."""
    count = digits.shape[1]
    total: Micros = np.zeros(len(digits), dtype=np.int64)
    for start, limit, unit in ((8, 24, _HOUR), (10, 60, _HOUR // 60), (12, 60, 1_000_000)):
        if start < count:
            part = _number(digits, start, start + 2)
            if part.max() >= limit:
                return None
            total += part * unit
    if decimals:
        total += _number(digits, 14, 14 + decimals) * 10 ** (6 - decimals)
    return total


def _number(digits: NDArray[np.uint8], start: int, end: int) -> Micros:
    """The numbers that the digits from ``start`` up to ``end`` write."""
    found: Micros = digits[:, start].astype(np.int64)
    for place in range(start + 1, end):
        found = found * 10 + digits[:, place]
    return found
