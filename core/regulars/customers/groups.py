"""Groups: traits that go stale together: they look at events of one name, equally far back.

A trait changes when one of its customer's events comes or goes, or leaves its window. Besides its
traits a group keeps, for each customer, when the oldest event in its window happened: until the
window has moved past it, time alone changes nothing. Calendar windows move unevenly, so instants
are compared and no lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.instants import micros
from regulars.store.schema import stored_name

from .aggregates import Aggregate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regulars.hooks.kinds import Moment
    from regulars.values import Duration

    from .trait_columns import TraitColumn

BY_TIME = {"within_last", "within_next"}  # comparisons that time alone changes
CHANGED = "changed"  # the column with the number of the refresh that wrote a customer's row


@dataclass(frozen=True)
class TraitGroup:
    """Traits of the events called ``event`` in the same window, ``within``; without one, of all.

    Without ``event`` time may change them in another way: a plugin's, which look at whatever they
    like, and those that compare an event's property with the clock.
    """

    columns: tuple[TraitColumn, ...]
    event: str | None = None
    within: Duration | None = None

    @property
    def oldest(self) -> str | None:
        """The column of the oldest event in the window, if it has one."""
        return None if self.within is None else stored_name(f"o_{self.event}_{self.within}")

    def start(self, moment: Moment) -> int | None:
        """The instant in microseconds that the window begins after."""
        if self.within is None:
            return None
        return micros(self.within.before(moment.now, moment.zone))


def groups_of(columns: Iterable[TraitColumn]) -> tuple[TraitGroup, ...]:
    """``columns`` by the events and windows that they look at."""
    found: dict[tuple[str | None, Duration | None], list[TraitColumn]] = {}
    for column in columns:
        found.setdefault(_looks_at(column), []).append(column)
    return tuple(TraitGroup(tuple(some), *key) for key, some in found.items())


def bookkeeping(groups: Sequence[TraitGroup]) -> dict[str, str]:
    """The columns that the traits table has besides the traits, with their types."""
    oldest = {group.oldest: "time" for group in groups if group.oldest is not None}
    return {CHANGED: "integer", **oldest}


def _looks_at(column: TraitColumn) -> tuple[str | None, Duration | None]:
    """The name of its events and how far back; None and None where time may change it otherwise."""
    computes = column.computes
    if not isinstance(computes, Aggregate) or _moves(computes):
        return None, None
    return computes.event, computes.within


def _moves(aggregate: Aggregate) -> bool:
    return any(BY_TIME & set(test.words()) for test in aggregate.where.values())
