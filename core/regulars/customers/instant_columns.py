"""Instant columns: a column of ISO times at once, about twenty times as fast as one by one.

Only what is plainly written is read here; every other column is read value by value.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from regulars.instants import MICROSECOND

from .cells import EARLIEST, LATEST
from .remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    Micros = NDArray[np.int64]

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
_DAY = r"(?!0000)\d{4}-\d\d-\d\d"
_LOCAL = re.compile(rf"(?:{_DAY}(?:[T ]{_CLOCK})?\n)+", re.ASCII)
_UTC = re.compile(rf"(?:{_DAY}[T ]{_CLOCK}Z\n)+", re.ASCII)
_HOUR = 3_600_000_000  # microseconds
_MIXED = -(2**62)  # the clock changes within the hour, which few zones ever did
_UNIX = datetime(1970, 1, 1)  # noqa: DTZ001 (local)


class InstantColumns:
    """Reads columns of ISO times; those without an offset are local to ``zone``."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._offsets = Remembered(self._offset_in)

    def read(self, column: Sequence[str]) -> list[int] | None:
        """Microseconds UTC of each, or None when some are not plainly written."""
        written = "\n".join(column) + "\n"
        if _LOCAL.fullmatch(written):
            local = _parsed(column)
            found = None if local is None else self._shifted(local)
        elif _UTC.fullmatch(written):
            found = _parsed([text[:-1] for text in column])
        else:
            return None
        if found is None or found.min() < EARLIEST or found.max() >= LATEST:
            return None
        values: list[int] = found.tolist()
        return values

    def _shifted(self, local: Micros) -> Micros | None:
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


def _parsed(column: Sequence[str]) -> Micros | None:
    """Microseconds since 1970 as written, whatever the zone; None for days that don't exist."""
    try:
        return np.array(column, dtype="datetime64[us]").astype(np.int64)
    except ValueError:
        return None
