"""Groups: traits that go stale together, because they look back equally far.

A trait changes when one of its customer's events comes or goes, or leaves its window. Besides its
traits a group keeps, for each customer, when the oldest event in its window happened: until the
window has moved past it, time alone changes nothing. Calendar windows move unevenly, so instants
are compared and no lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.instants import micros

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
    """Traits with the same window, ``within``; without one they look at everything.

    ``moves`` says that time may change them in another way: a plugin's, or those that compare an
    event's property with the clock.
    """

    columns: tuple[TraitColumn, ...]
    within: Duration | None = None
    moves: bool = False

    @property
    def oldest(self) -> str | None:
        """The column of the oldest event in the window, if it has one."""
        return None if self.within is None else f"o_{self.within}"

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the events that it looks at, if it has a window."""
        computed = [column.computes for column in self.columns]
        return tuple(sorted({item.event for item in computed if isinstance(item, Aggregate)}))

    def start(self, moment: Moment) -> int | None:
        """The instant in microseconds that the window begins after."""
        if self.within is None:
            return None
        return micros(self.within.before(moment.now, moment.zone))


def groups_of(columns: Iterable[TraitColumn]) -> tuple[TraitGroup, ...]:
    """``columns`` by their windows; those that move otherwise are a group of their own."""
    found: dict[tuple[Duration | None, bool], list[TraitColumn]] = {}
    for column in columns:
        computes = column.computes
        moves = not isinstance(computes, Aggregate) or _moves(computes)
        within = None if moves else getattr(computes, "within", None)
        found.setdefault((within, moves), []).append(column)
    return tuple(TraitGroup(tuple(some), *key) for key, some in found.items())


def bookkeeping(groups: Sequence[TraitGroup]) -> dict[str, str]:
    """The columns that the traits table has besides the traits, with their types."""
    oldest = {group.oldest: "time" for group in groups if group.oldest is not None}
    return {CHANGED: "integer", **oldest}


def _moves(aggregate: Aggregate) -> bool:
    return any(BY_TIME & set(test.words()) for test in aggregate.where.values())
