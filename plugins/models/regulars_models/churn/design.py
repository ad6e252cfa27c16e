"""Inputs as columns of a regression, without those that are unknown or beyond what was seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .standing import Floats


@dataclass(frozen=True)
class Design:
    """Columns with ``names``; each was between ``low`` and ``high`` where it was learned from.

    The columns of inputs that are sometimes unknown are followed by whether they are, 1 or 0:
    ``unknown`` are their places. There ``mean`` stands for what is unknown.
    """

    names: Sequence[str]
    mean: Sequence[float]
    deviation: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    unknown: Sequence[int]

    @classmethod
    def of(cls, names: Sequence[str], columns: Floats) -> Self:
        """For columns like these; of one that is always unknown nothing is learned."""
        gaps = np.isnan(columns)
        unknown = np.flatnonzero(gaps.any(axis=0)).tolist()
        known = np.where(gaps.all(axis=0), 0.0, columns)
        whole = np.column_stack([known, gaps[:, unknown]])
        low, high = np.nanmin(whole, axis=0), np.nanmax(whole, axis=0)
        spread = np.where(high > low, np.nanstd(whole, axis=0), 0.0)  # and no rounding
        return cls(
            [*names, *(f"{names[place]} unknown" for place in unknown)],
            np.nanmean(whole, axis=0).tolist(),
            spread.tolist(),
            low.tolist(),
            high.tolist(),
            unknown,
        )

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """From what ``kept`` gave."""
        return cls(**{each.name: kept[each.name] for each in fields(cls)})

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def standard(self, columns: Floats) -> Floats:
        """Each column in deviations from its mean; the ones whose inputs are unknown at 0."""
        gaps = np.isnan(columns)[:, list(self.unknown)]
        whole = np.clip(np.column_stack([columns, gaps]), self.low, self.high)
        apart = (whole - np.array(self.mean)) / self.divisor
        return np.asarray(np.nan_to_num(apart), np.float64)

    @property
    def divisor(self) -> Floats:
        """The deviation of each column, 1 of one that is always the same."""
        spread = np.array(self.deviation)
        return np.asarray(np.where(spread > 0, spread, 1.0))

    @property
    def varies(self) -> list[bool]:
        """Which columns are not always the same."""
        return [spread > 0 for spread in self.deviation]
