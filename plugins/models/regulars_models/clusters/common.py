"""What both methods share: traits on one scale, and groups as centres with widths and weights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SKEWED = 1.0  # of a skewness, above which it is high (Bulmer, Principles of Statistics, 1979)
FLAT = 1e-12


@dataclass(frozen=True)
class Scale:
    """How traits are made comparable: skewed ones by their logarithm, then by standard deviations.

    What is unknown of a customer stands in the middle.
    """

    skewed: NDArray[np.bool_]
    middle: Floats
    width: Floats

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """The scale of ``values``, customers by traits."""
        mean, deviation = _moments(values)
        skewness, _ = _moments(((values - mean) / deviation) ** 3)
        skewed = np.abs(skewness) > SKEWED
        return cls(skewed, *_moments(_tamed(values, skewed)))

    def applied(self, values: Floats) -> Floats:
        """``values`` in standard deviations from the middle."""
        return np.nan_to_num((_tamed(values, self.skewed) - self.middle) / self.width)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """As arrays to keep."""
        return {"skewed": self.skewed, "middle": self.middle, "width": self.width}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Scale:
        """The scale that was kept."""
        middle, width = arrays["middle"].astype(float), arrays["width"].astype(float)
        return cls(arrays["skewed"].astype(bool), middle, width)


@dataclass(frozen=True)
class Groups:
    """Groups on one scale: a point is in the likeliest one of these normal distributions.

    ``variances`` are by trait, equal for all groups of k-means, as are their ``weights``.
    ``quality`` says how good they are and how others did.
    """

    centres: Floats
    variances: Floats
    weights: Floats
    quality: Mapping[str, object] = field(default_factory=dict)

    def chances(self, points: Floats) -> tuple[Floats, Floats]:
        """The logarithm of each point's density, and the probability of each group for it."""
        logs = np.empty((len(points), len(self.centres)))
        for place, (centre, variance) in enumerate(zip(self.centres, self.variances, strict=True)):
            away = ((points - centre) ** 2 / variance).sum(axis=1)
            logs[:, place] = -0.5 * (away + np.log(2 * np.pi * variance).sum())
        logs += np.log(self.weights)
        top = logs.max(axis=1, keepdims=True)
        density = top[:, 0] + np.log(np.exp(logs - top).sum(axis=1))
        return density, np.exp(logs - density[:, None])

    def nearest(self, points: Floats) -> tuple[Whole, Floats]:
        """The number of each point's group, from 1, and its probability."""
        _, chances = self.chances(points)
        best = chances.argmax(axis=1)
        return best + 1, chances[np.arange(len(points)), best]

    def by_size(self, points: Floats) -> Groups:
        """The same groups, the one with the most of ``points`` first."""
        number, _ = self.nearest(points)
        order = np.argsort(-np.bincount(number - 1, minlength=len(self.centres)), kind="stable")
        sorted_ = (self.centres[order], self.variances[order], self.weights[order])
        return replace(self, centres=sorted_[0], variances=sorted_[1], weights=sorted_[2])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """As arrays to keep."""
        return {"centres": self.centres, "variances": self.variances, "weights": self.weights}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Groups:
        """The groups that were kept."""
        centres, variances, weights = (
            arrays[name].astype(float) for name in ("centres", "variances", "weights")
        )
        return cls(centres, variances, weights)


def _tamed(values: Floats, skewed: NDArray[np.bool_]) -> Floats:
    return np.where(skewed, np.sign(values) * np.log1p(np.abs(values)), values)


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation by trait; of one that nobody has 0 and 1."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    variance = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count
    return mean, np.where(variance > FLAT, np.sqrt(variance), 1.0)
