"""Calibration: log-odds as they would have come true for customers that the model had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import logit

from regulars_models.logistic import calibration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ENOUGH = 1_000  # of those who came and of the others, for a line that bends
BINS = 50


@dataclass(frozen=True)
class Calibration:
    """Where a model ``said`` so, it was ``true``: knots in log-odds, with straight lines between.

    Beyond the first and the last it goes on by ``slope``.
    """

    said: Floats
    true: Floats
    slope: float

    @classmethod
    def of(cls, said: Floats, came: Floats) -> Self:
        """By log-odds ``said`` of rows that the model had not seen, and who ``came``.

        Where 1,000 came and as many didn't, it may bend, but only rises; with fewer that would be
        luck, and it is a straight line. Niculescu-Mizil and Caruana, *Predicting good
        probabilities with supervised learning*, ICML 2005, 625-632.
        """
        if min(came.sum(), (1 - came).sum()) >= ENOUGH:
            return cls(*_steps(said, came), 1.0)
        constant, slope = calibration(said, came)
        return cls(np.zeros(1), np.array([constant]), slope)

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """What ``parameters`` wrote."""
        return cls(
            np.array(parameters["said"], np.float64),
            np.array(parameters["true"], np.float64),
            float(parameters["slope"]),
        )

    def parameters(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {"said": self.said.tolist(), "true": self.true.tolist(), "slope": self.slope}

    def odds(self, said: Floats) -> Floats:
        """The true log-odds where the model says ``said``."""
        beyond = said - np.clip(said, self.said[0], self.said[-1])
        return np.asarray(np.interp(said, self.said, self.true) + self.slope * beyond)


def _steps(said: Floats, came: Floats) -> tuple[Floats, Floats]:
    """Isotonic regression of bins of equal size: pool adjacent violators.

    Ayer, Brunk, Ewing, Reid and Silverman, *Annals of Mathematical Statistics* 26 (1955), 641-647.
    """
    edges = np.unique(np.quantile(said, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, said, side="right")
    sums = np.array([np.bincount(bins), np.bincount(bins, said), np.bincount(bins, came)])
    blocks: list[tuple[float, float, float]] = []  # rows, the sum that was said, who came
    for part in sums[:, sums[0] > 0].T.tolist():
        blocks.append(part)
        while len(blocks) > 1 and blocks[-2][2] * blocks[-1][0] >= blocks[-1][2] * blocks[-2][0]:
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    rows, told, yes = np.array(blocks).T
    rates = logit((yes + 0.5) / (rows + 1))  # half a customer more, so that none is certain
    return told / rows, np.maximum.accumulate(rates)
