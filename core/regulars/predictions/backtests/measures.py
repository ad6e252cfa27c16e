"""Measures: what came of what was foreseen, for every customer at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars.instants import DAY, instant
from regulars.playbook.traits import event_and_property

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from regulars.hooks.predictions import Foresees, ModelData, ModelEvents

HOUR = DAY // 24
QUARTER = HOUR // 4  # no zone's clock changes between quarters of an hour


def came(foreseen: Foresees, data: ModelData, after: int, until: int) -> NDArray[np.float64]:
    """What each customer of ``data`` did of ``foreseen`` after ``after`` and up to ``until``.

    A row of events that were rolled up counts as many as it stands for, and as one day.
    """
    events = data.events[foreseen.event].between(after, until)
    if foreseen.measure == "days":
        return per_customer(_a_day_each(events, data.zone), len(data))
    if foreseen.measure == "sum":
        _, name = event_and_property(str(foreseen.amount))
        amounts = np.nan_to_num(events.amounts[str(name)])
        return per_customer(events.customer, len(data), amounts)
    count = per_customer(events.customer, len(data), events.times)
    if foreseen.measure == "events":
        return count
    return (count > 0 if foreseen.measure == "any" else count == 0).astype(np.float64)


def beginning(data: ModelData) -> int | None:
    """When the first of the events of ``data`` was; None if there are none."""
    return min((int(each.at.min()) for each in data.events.values() if len(each)), default=None)


def per_customer(
    customer: NDArray[np.int64], customers: int, weights: NDArray[np.generic] | None = None
) -> NDArray[np.float64]:
    """How many rows there are of each of so many ``customers``, or the sum of their ``weights``."""
    return np.bincount(customer, weights, customers).astype(np.float64)


def _a_day_each(events: ModelEvents, zone: ZoneInfo) -> NDArray[np.int64]:
    """The customer of each day with an event, once for every such day."""
    if not len(events):
        return events.customer
    days = _local_days(events.at, zone)
    span = int(days.max() - days.min()) + 1
    return np.unique(events.customer * span + (days - days.min())) // span


def _local_days(at: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Days since 1970-01-01 on the calendar of ``zone``; the zone is asked once a quarter hour."""
    quarters = at // QUARTER
    first, last = int(quarters.min()), int(quarters.max())
    if zone.key == "UTC":
        return np.asarray(at // DAY)
    offsets = np.array([_offset(each * QUARTER, zone) for each in range(first, last + 1)])
    return np.asarray((at + offsets[quarters - first]) // DAY)


def _offset(at: int, zone: ZoneInfo) -> int:
    """By how many microseconds the clocks of ``zone`` are ahead of UTC."""
    offset = instant(at).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1_000_000)
