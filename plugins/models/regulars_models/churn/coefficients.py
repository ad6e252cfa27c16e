"""What a regression on standardised columns says in the columns' own units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .design import Design

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .standing import Floats

RIDGE = 1 / 2.5**2  # on standardised columns: larger effects than these are seldom
CONSTANT = "constant"


@dataclass(frozen=True)
class Coefficients:
    """A ``constant`` and the ``slopes`` of the columns of ``design``, by standard deviation."""

    design: Design
    constant: float
    slopes: Floats

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """From what ``kept`` gave."""
        design = Design.read(kept["columns"])
        slopes = np.array([kept["coefficients"][name] for name in design.names])
        middle = float(slopes @ np.array(design.mean))
        constant = kept["coefficients"][CONSTANT] + middle
        return cls(design, constant, slopes * design.divisor)

    def kept(self) -> dict[str, Any]:
        """As JSON: the coefficients by name, for one unit of a column."""
        slopes = self.slopes / self.design.divisor
        constant = self.constant - float(slopes @ np.array(self.design.mean))
        found = dict(zip(self.design.names, slopes.tolist(), strict=True))
        return {"coefficients": {CONSTANT: constant} | found, "columns": self.design.kept()}

    def of(self, columns: Floats) -> Floats:
        """The linear predictor of each row."""
        return np.asarray(self.constant + self.design.standard(columns) @ self.slopes)

    def errors(self, covariance: Floats) -> dict[str, float]:
        """Standard errors of what is ``kept``; ``covariance`` is that of constant and slopes."""
        slopes = 1 / self.design.divisor
        turn = np.diag(np.append(1.0, slopes))
        turn[0, 1:] = -slopes * np.array(self.design.mean)
        errors = np.sqrt(np.diag(turn @ covariance @ turn.T))
        told = [True, *self.design.varies]
        names = [CONSTANT, *self.design.names]
        return {
            name: float(error)
            for name, error, tell in zip(names, errors, told, strict=True)
            if tell
        }

    def drivers(self) -> dict[str, float]:
        """How much each column moves the predictor, by a standard deviation of it."""
        found = np.abs(self.slopes) * self.design.varies
        return dict(zip(self.design.names, found.tolist(), strict=True))
