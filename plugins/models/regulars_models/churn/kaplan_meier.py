"""How many are left after so long, whoever they are.

Kaplan and Meier, *JASA* 53 (1958), 457-481; the errors: Greenwood, *Reports on Public Health and
Medical Subjects* 33 (1926).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from .standing import Floats

FEWEST = 10  # at risk: what fewer do is told of nobody


@dataclass(frozen=True)
class Curve:
    """The share ``left`` after each of ``times``, at which somebody left.

    ``error`` is its standard error, ``at_risk`` how many had come so far. Until ``told`` the curve
    says something, after that nothing.
    """

    times: Floats
    left: Floats
    error: Floats
    at_risk: Floats
    told: float

    def arrays(self) -> dict[str, NDArray[Any]]:
        """To be kept beside parameters."""
        return {"times": self.times, "left": self.left, "error": self.error}

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[Any]], told: float) -> Curve:
        """From what ``arrays`` gave."""
        times, left, error = (arrays[name] for name in ("times", "left", "error"))
        return cls(times, left, error, np.zeros(len(times)), told)

    def at(self, days: ArrayLike) -> Floats:
        """The share left after ``days``; NaN after what the curve tells."""
        asked = np.asarray(days, np.float64)
        steps = np.append(1.0, self.left)
        found = steps[np.searchsorted(self.times, asked, side="right")]
        return np.where(asked <= self.told, found, np.nan)

    def happens(self, since: Floats, within: float) -> Floats:
        """The probability that it happens in the days after ``since``; NaN if that isn't told."""
        before = self.at(since)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(before > 0, 1 - self.at(since + within) / before, np.nan)

    def half(self, since: Floats) -> Floats:
        """After how many more days half of those are left who had come so far; NaN if untold."""
        wanted = self.at(since) / 2 * (1 + 1e-12)  # what is half but for rounding is half
        place = np.searchsorted(-self.left, -wanted)
        times = np.append(self.times, np.nan)[np.where(np.isnan(wanted), len(self.times), place)]
        return np.asarray(times - since)


def kaplan_meier(days: Floats, happened: NDArray[np.bool_], fewest: int = 1) -> Curve:
    """The curve of those who were followed for ``days``; to some it ``happened`` at the end.

    It tells as long as ``fewest`` are at risk.
    """
    order = np.sort(days)
    times, leave = np.unique(days[happened], return_counts=True)
    at_risk = len(days) - np.searchsorted(order, times, side="left")
    enough = at_risk >= fewest
    times, leave, at_risk = times[enough], leave[enough], at_risk[enough]
    left = np.asarray(np.cumprod(1 - leave / at_risk), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = left * np.sqrt(np.cumsum(leave / (at_risk * (at_risk - leave))))
    error = np.asarray(np.where(left > 0, error, 0.0), np.float64)
    told = order[len(order) - fewest] if len(order) >= fewest else 0.0
    return Curve(times, left, error, at_risk.astype(np.float64), float(told))
