"""The customers' clocks: each has one of few zones, and is asked for what it shows together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from regulars_models.days import DAY, instants_of, local_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

HOUR = 3600  # seconds


@dataclass(frozen=True)
class Clock:
    """The zone of each customer: ``of`` is its place in ``zones``."""

    zones: Sequence[ZoneInfo]
    of: Whole

    @classmethod
    def read(cls, names: NDArray[Any], otherwise: ZoneInfo) -> Self:
        """From the zones' names; who has none, or no real one, goes by ``otherwise``."""
        zones, of = [otherwise], np.zeros(len(names), np.int64)
        for name in sorted({name for name in names.tolist() if name}):
            if (zone := _zone(name)) is not None:
                of[names == name] = len(zones)
                zones.append(zone)
        return cls(zones, of)

    def part(self, rows: slice | Whole) -> Clock:
        """The clocks of some customers."""
        return Clock(self.zones, self.of[rows])

    def shows(self, at: Whole, customer: Whole) -> tuple[Whole, Whole]:
        """The day since 1970 and the hour of each instant ``at``, on its customer's clock."""
        of = self.of[customer]
        local = np.empty(len(at), np.int64)
        for place, zone in enumerate(self.zones):
            theirs = of == place
            if theirs.all():
                local = local_seconds(at, zone)
                break
            local[theirs] = local_seconds(at[theirs], zone)
        return local // DAY, local % DAY // HOUR

    def instants(self, day: Whole, hour: Whole) -> Whole:
        """When the clock of each customer shows that hour of that day, in microseconds UTC."""
        local = day * DAY + hour * HOUR
        at = np.empty(len(local), np.int64)
        for place, zone in enumerate(self.zones):
            theirs = self.of == place
            at[theirs] = instants_of(local[theirs], zone)
        return at


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
