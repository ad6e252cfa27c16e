"""What calendar and clock show at very many instants, without asking the zone for each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

SECOND = 1_000_000  # µs
DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local_days(at: Whole, zone: ZoneInfo) -> Whole:
    """Days since 1970-01-01 on the calendar of ``zone``, of ``at`` in microseconds."""
    return local_seconds(at, zone) // DAY


def local_seconds(at: Whole, zone: ZoneInfo) -> Whole:
    """Seconds since 1970-01-01 on calendar and clock of ``zone``, of ``at`` in microseconds."""
    seconds = at // SECOND
    if not len(seconds):
        return seconds
    since, offsets = _offsets(int(seconds.min()), int(seconds.max()), zone)
    place = np.searchsorted(since, seconds, side="right") - 1
    return np.asarray(seconds + offsets[place])


def instants_of(local: Whole, zone: ZoneInfo) -> Whole:
    """The instants in microseconds at which ``zone`` shows ``local``, the other way round.

    Of an hour that comes twice it is the second one; what is skipped comes an hour later.
    """
    if not len(local):
        return local
    since, offsets = _offsets(int(local.min()) - 2 * DAY, int(local.max()) + 2 * DAY, zone)
    place = np.searchsorted(since + offsets, local, side="right") - 1
    return np.asarray((local - offsets[place]) * SECOND)


def _offsets(first: int, last: int, zone: ZoneInfo) -> tuple[Whole, Whole]:
    """From when on which offset holds, in seconds; the first from ``first`` on."""
    changes = [(first, _offset(first, zone)), *_changes(first, last, zone)]
    since, offsets = zip(*changes, strict=True)
    return np.array(since, np.int64), np.array(offsets, np.int64)


def _changes(first: int, last: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Every change of the offset between two instants; no zone goes there and back in a day."""
    before = _offset(first, zone)
    for start in range(first, last, DAY):
        after = _offset(start + DAY, zone)
        if after != before:
            yield _found(start, start + DAY, zone), after
        before = after


def _found(low: int, high: int, zone: ZoneInfo) -> int:
    """The first second between two instants at which the offset is that of ``high``."""
    after = _offset(high, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(middle, zone) == after else (middle, high)
    return high


def _offset(second: int, zone: ZoneInfo) -> int:
    local = (EPOCH + timedelta(seconds=second)).astimezone(zone)
    offset = local.utcoffset()
    return 0 if offset is None else offset // timedelta(seconds=1)
