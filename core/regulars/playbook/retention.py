"""Retention: how long what customers did is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from regulars.instants import DAY
from regulars.values import PositiveDuration

from .parts import Part

if TYPE_CHECKING:
    from regulars.values import Duration


class Retention(Part):
    """Events older than ``events`` are rolled up into one a month, or dropped."""

    events: PositiveDuration
    then: Literal["drop", "roll_up"] = "drop"

    def covers(self, within: Duration | None) -> bool:
        """Whether the window ``within``, or all that ever happened, is never older than is kept."""
        if within is None:
            return False
        if bool(within.months) == bool(self.events.months):
            return (within.months, within.micros) <= (self.events.months, self.events.micros)
        return _longest(within) < _shortest(self.events)


def _longest(duration: Duration) -> int:
    """Microseconds that it has at most."""
    years, months = divmod(duration.months, 12)
    return duration.micros + (366 * years + 31 * months) * DAY


def _shortest(duration: Duration) -> int:
    """Microseconds that it has at least, but for a change of the clock."""
    years, months = divmod(duration.months, 12)
    return duration.micros + (365 * years + 28 * months) * DAY
