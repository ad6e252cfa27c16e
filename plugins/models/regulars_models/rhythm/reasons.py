"""Why a customer is expected then: what their habit changes against a typical customer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import DAY, Reason

from regulars_models.explaining import ago, shapley

from .foreseeing import foresee
from .habit import Habit
from .kind import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .foreseeing import Foreseen
    from .learning import Rhythm
    from .past import Floats, Whole

HOUR = DAY // 24


def typical(theirs: Habit, since: Whole) -> dict[str, float]:
    """A customer in the middle of those with a habit, as JSON."""
    middle = {"mean": theirs.mean, "scale": theirs.scale, "free": theirs.free}
    return {"since": float(np.median(since))} | {
        name: float(np.median(values)) for name, values in middle.items()
    }


@dataclass(frozen=True)
class Case:
    """One customer, the only row of ``theirs``, ``since`` days after a visit, as of now."""

    rhythm: Rhythm
    theirs: Habit
    since: int
    today: int
    hour: int

    def reasons(self, usual: Mapping[str, float]) -> dict[str, Sequence[Reason]]:
        """What moved ``next_order``, in microseconds, and ``overdue``."""
        own = [float(self.since), *self._numbers(), 1.0]
        other = [*(usual[name] for name in ("since", "mean", "scale", "free")), 0.0]
        late = self._told(shapley(lambda rows: self._said(rows).overdue, own, other))
        if self._said(np.array([own])).untold[0]:
            return {"overdue": late}
        ahead = self._told(shapley(lambda rows: _ahead(self._said(rows)), own, other))
        return {"next_order": ahead, "overdue": late}

    def _numbers(self) -> list[float]:
        return [float(each[0]) for each in (self.theirs.mean, self.theirs.scale, self.theirs.free)]

    def _said(self, rows: Floats) -> Foreseen:
        """What is foreseen of such numbers; the last one is 1 for the customer's own days."""
        since, mean, scale, free, own = rows.T
        days = own[:, None] > 0
        weekdays = np.where(days, self.theirs.weekdays, self.rhythm.weekdays)
        hours = np.where(days, self.theirs.hours, self.rhythm.hours)
        today = np.full(len(rows), self.today)
        last = today - np.rint(since).astype(np.int64)
        habits = Habit(mean, scale, free, weekdays, hours)
        return foresee(habits, self.rhythm.skipped, last, today, np.full(len(rows), self.hour))

    def _told(self, by: Any) -> list[Reason]:
        mean, scale, _ = self._numbers()
        short, long = np.exp(mean - scale), np.exp(mean + scale)
        weekday, hour = self.theirs.weekdays[0].argmax(), self.theirs.hours[0].argmax()
        moved = {
            f"last visit {ago(self.since)}": by[0],
            f"expected about every {np.exp(mean):.1f} days": by[1],
            f"most gaps expected from {short:.1f} to {long:.1f} days": by[2] + by[3],
            f"mostly {WEEKDAYS[weekday]}, {hour}:00": by[4],
        }
        return [Reason(what, float(share)) for what, share in moved.items() if share]


def _ahead(said: Foreseen) -> Floats:
    return np.asarray(said.day * float(DAY) + said.hour * float(HOUR))
