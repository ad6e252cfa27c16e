"""How good the days are: each customer's last visit is held back, and foreseen after the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .foreseeing import UNUSUAL, foresee
from .habit import habit
from .learning import learn
from .past import past

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .past import Visits, Whole

RIGHT = 1  # days that a hit may be off
FEWEST = 20  # customers, of whom a share says something


@dataclass(frozen=True)
class Held:
    """Days that came, as said by the model and by what anybody could have said.

    ``overdue`` is how unusual each gap was when it ended.
    """

    came: Whole
    said: Whole
    baselines: dict[str, Whole]
    overdue: NDArray[np.float64]

    def metrics(self) -> dict[str, Any]:
        """The share of days that were right within a day, and of gaps that were unusual."""
        return {
            "customers": len(self.came),
            "right_within_a_day": self._right(self.said),
            "baselines": {name: self._right(said) for name, said in self.baselines.items()},
            "unusual_gaps": float((self.overdue > UNUSUAL).mean()),
            "unusual_gaps_expected": 1 - UNUSUAL,
        }

    def doubts(self) -> list[str]:
        """What speaks against trusting the days, in sentences."""
        own = self._right(self.said)
        best = max(self.baselines, key=lambda name: self._right(self.baselines[name]))
        right = self._right(self.baselines[best])
        if right <= own:
            return []
        said = (
            f"Don't rely on next_order: within a day it was right for {own:.1%} of"
            f" {len(self.came):,} customers; '{best}' would have been for {right:.1%}."
        )
        return [said]

    def _right(self, said: Whole) -> float:
        return float((np.abs(said - self.came) <= RIGHT).mean())


def hold_back(seen: Visits, customers: int) -> Held | None:
    """The last visits of those with three or more, foreseen by what the others tell.

    None if fewer than 20 customers came so often.
    """
    last = seen.last()
    before = seen.where(~last)
    known = past(before, customers)
    rows = seen.customer[last]
    rows, came = rows[known.gaps[rows] > 0], seen.day[last][known.gaps[rows] > 0]
    if len(rows) < FEWEST:
        return None
    rhythm = learn(known, before)
    theirs, hour = habit(rhythm, known).rows(rows), np.zeros(customers, np.int64)
    hour[before.customer] = before.hour
    then = known.last[rows]
    whose, gap = before.gaps()
    repeated = np.zeros(customers, np.int64)
    repeated[whose] = gap
    return Held(
        came,
        foresee(theirs, rhythm.skipped, then, then, hour[rows]).day,
        {
            "the shop's mean gap": then + round(float(gap.mean())),
            "the last gap again": then + repeated[rows],
            "the same weekday next week": then + 7,
        },
        foresee(theirs, rhythm.skipped, then, came, hour[rows]).overdue,
    )
