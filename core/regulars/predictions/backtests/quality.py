"""How good predictions are: what was foreseen of a time that nobody had seen, against what came."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from regulars.hooks.predictions import Foresees, Measure

    Floats = NDArray[np.float64]

RECENCY = "recency alone"  # the baseline that every model's ranking is told beside
PROBABLE = frozenset({"any", "none"})  # measures of which a probability is foreseen


@dataclass(frozen=True)
class Held:
    """What a model that knew nothing after ``cutoff`` said of ``foreseen`` by ``output``.

    ``customers`` are numbers in the store, those whom it scored; ``expected`` is what it said of
    each, ``actual`` what came by ``until``: 0 or 1 where a probability was foreseen. Instants are
    microseconds UTC.
    """

    output: str
    foreseen: Foresees
    cutoff: int
    until: int
    customers: NDArray[np.int64]
    expected: Floats
    actual: Floats


@dataclass(frozen=True)
class Bin:
    """Customers of whom about as much was expected; means, and a 95 % interval of the actual."""

    customers: int
    expected: float
    actual: float
    low: float
    high: float

    @property
    def off(self) -> bool:
        """Whether more or less came than was expected, beyond chance."""
        return not self.low <= self.expected <= self.high


@dataclass(frozen=True)
class Quality:
    """How good the model or a baseline was.

    ``auc`` is the chance that of one customer who did and one who didn't, more was expected of the
    first; None where all did or none. ``total`` is what was expected of all. Of a probability,
    ``brier`` is the mean square of what it was wrong by: Brier, *Monthly Weather Review* 78 (1950),
    1-3; of anything else, ``error`` is by how much it was wrong for a customer, on average. What
    only ranks has none of these.
    """

    auc: float | None
    total: float | None
    error: float | None
    brier: float | None = None

    @classmethod
    def of(cls, measure: Measure, expected: Floats, actual: Floats) -> Self:
        """How good it was to expect so much of ``measure`` of each customer."""
        wrong, ranks, total = expected - actual, area(expected, actual), float(expected.sum())
        if measure in PROBABLE:
            return cls(ranks, total, None, float((wrong**2).mean()))
        return cls(ranks, total, float(np.abs(wrong).mean()))

    @classmethod
    def of_rank(cls, rank: Floats, actual: Floats) -> Self:
        """How good it was to expect more of those of a higher ``rank``, and not to say how much."""
        return cls(area(rank, actual), None, None)


@dataclass(frozen=True)
class Backtest:
    """One output of a model, tested: ``model`` beside the named ``baselines``.

    ``calibration`` goes from those of whom least was expected to those of whom most was. ``curve``
    goes the other way: shares of all customers, of what was expected, and of what came.
    """

    output: str
    cutoff: int
    until: int
    customers: int
    actual: float
    model: Quality
    baselines: Mapping[str, Quality]
    calibration: tuple[Bin, ...]
    curve: tuple[tuple[float, float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Backtest:
        """As it was before the store kept it."""
        parts = {
            "model": Quality(**kept["model"]),
            "baselines": {name: Quality(**each) for name, each in kept["baselines"].items()},
            "calibration": tuple(Bin(**each) for each in kept["calibration"]),
            "curve": tuple((part[0], part[1], part[2]) for part in kept["curve"]),
        }
        return cls(**{**kept, **parts})


def area(expected: Floats, actual: Floats) -> float | None:
    """The area under the ROC curve: ties count half, None if all did or none.

    Hanley and McNeil, *Radiology* 143 (1982), 29-36.
    """
    values, place = np.unique(expected, return_inverse=True)
    did = np.bincount(place[actual > 0], minlength=len(values)).astype(np.float64)
    didnt = np.bincount(place[actual <= 0], minlength=len(values)).astype(np.float64)
    pairs = did.sum() * didnt.sum()
    if not pairs:
        return None
    return float(did @ (np.cumsum(didnt) - didnt / 2) / pairs)
