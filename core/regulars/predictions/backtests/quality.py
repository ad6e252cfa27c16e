"""How good predictions are: what was foreseen of a time that the model had not seen, and came."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Held:
    """What a model that knew nothing after ``cutoff`` foresaw of each customer until ``until``.

    ``customers`` are numbers in the store, those whom it scored; ``expected`` is what it said,
    ``actual`` what came: 0 or 1 where a probability was foreseen.
    """

    output: str
    cutoff: int
    until: int
    customers: NDArray[np.int64]
    expected: NDArray[np.float64]
    actual: NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Customers of whom about as much was expected; means, and a 95 % interval of the actual."""

    customers: int
    expected: float
    actual: float
    low: float
    high: float


@dataclass(frozen=True)
class Quality:
    """How good the model or a baseline was.

    ``auc`` is the chance that of one customer who did and one who didn't, more was expected of the
    first; None where all did or none. ``total`` is what was expected of all, ``error`` by how much
    it was wrong for a customer, on average; both None for what only ranks.
    """

    auc: float | None
    total: float | None
    error: float | None


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
