"""Leaving whose hazard grows or falls as a power of time: Weibull, with proportional hazards.

The cumulative hazard after t days is t^shape e^predictor. Rows that begin later count from there
on: Kalbfleisch and Prentice, *The Statistical Analysis of Failure Time Data*, 2nd edition (2002),
sections 2.2, 3.3 and 3.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize

from .coefficients import RIDGE, Coefficients
from .design import Design

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .rows import Rows
    from .standing import Floats

SHORTEST = 1e-3  # days: what ends at once has gone on for a minute


@dataclass(frozen=True)
class Weibull:
    """The ``shape`` of time, and the predictor of each row by what else is known."""

    shape: float
    predictor: Coefficients

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Weibull:
        """From what ``kept`` gave."""
        return cls(kept["shape"], Coefficients.read(kept))

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {"shape": self.shape} | self.predictor.kept()

    def happens(self, inputs: Floats, within: float) -> Floats:
        """The probability that it happens in so many days; the first input is since when."""
        since, risk = inputs[:, 0], np.exp(self.predictor.of(inputs[:, 1:]))
        more = (since + within) ** self.shape - since**self.shape
        return np.asarray(-np.expm1(-risk * more))

    def half(self, inputs: Floats) -> Floats:
        """After how many more days it has happened to half of such."""
        since, risk = inputs[:, 0], np.exp(self.predictor.of(inputs[:, 1:]))
        with np.errstate(over="ignore"):
            end = (since**self.shape + np.log(2) / risk) ** (1 / self.shape)
        return np.asarray(end - since)


@dataclass(frozen=True)
class Estimated:
    """The most likely law, with the ``log_likelihood`` and ``errors`` by parameter."""

    law: Weibull
    log_likelihood: float
    errors: dict[str, float]


def estimate(names: Sequence[str], rows: Rows) -> Estimated:
    """From rows of which it happened to some; ``names`` are those of inputs after the first.

    Standard errors are from the observed information.
    """
    design = Design.of(names, rows.inputs[:, 1:])
    columns = design.standard(rows.inputs[:, 1:])
    goal = _Goal.of(np.column_stack([np.ones(len(rows)), columns]), rows)
    found = optimize.minimize(goal.value, goal.start(), jac=True, method="BFGS").x
    covariance = np.asarray(np.linalg.inv(goal.information(found)), float)
    predictor = Coefficients(design, float(found[1]), found[2:])
    shape = float(np.exp(found[0]))
    errors = {"shape": shape * float(np.sqrt(covariance[0, 0]))}
    likelihood = -goal.value(found)[0] * len(rows) - goal.ridge @ found**2 / 2
    return Estimated(
        Weibull(shape, predictor), float(likelihood), errors | predictor.errors(covariance[1:, 1:])
    )


@dataclass(frozen=True)
class _Goal:
    """Minus the log-likelihood of a row, by the logarithm of the shape and the coefficients."""

    columns: Floats
    begin: Floats
    end: Floats
    happened: Floats
    ridge: Floats

    @classmethod
    def of(cls, columns: Floats, rows: Rows) -> _Goal:
        begin = rows.inputs[:, 0]
        end = begin + np.maximum(rows.days, SHORTEST)
        ridge = np.array([0.0, 0.0, *[RIDGE] * (columns.shape[1] - 1)])
        return cls(columns, begin, end, rows.happened.astype(np.float64), ridge)

    def start(self) -> Floats:
        rate = self.happened.sum() / (self.end - self.begin).sum()
        return np.array([0.0, np.log(rate), *[0.0] * (self.columns.shape[1] - 1)])

    def value(self, at: Floats) -> tuple[float, Floats]:
        """And its gradient."""
        shape, predictor = np.exp(at[0]), self.columns @ at[1:]
        log_end = np.log(self.end)
        risk, (more, by_shape, _) = np.exp(predictor), self._powers(shape)
        value = self.happened @ (at[0] + (shape - 1) * log_end + predictor) - risk @ more
        slope = shape * (self.happened @ (1 / shape + log_end) - risk @ by_shape)
        slopes = self.columns.T @ (self.happened - risk * more)
        gradient = np.append(slope, slopes) - self.ridge * at
        value -= self.ridge @ at**2 / 2
        return -float(value) / len(self.end), -gradient / len(self.end)

    def information(self, at: Floats) -> Floats:
        """Minus the Hessian of the log-likelihood of all rows."""
        shape, risk = np.exp(at[0]), np.exp(self.columns @ at[1:])
        more, by_shape, twice = self._powers(shape)
        slope = self.happened @ (1 / shape + np.log(self.end)) - risk @ by_shape
        corner = self.happened.sum() / shape**2 + risk @ twice
        side = shape * self.columns.T @ (risk * by_shape)
        whole = np.empty((len(at), len(at)))
        whole[0, 0] = shape**2 * corner - shape * slope
        whole[0, 1:] = whole[1:, 0] = side
        whole[1:, 1:] = self.columns.T @ (self.columns * (risk * more)[:, None])
        return np.asarray(whole + np.diag(self.ridge))

    def _powers(self, shape: float) -> tuple[Floats, Floats, Floats]:
        """What t^shape grows by in each row, and its first two derivatives by the shape."""
        log_begin, log_end = np.log(np.maximum(self.begin, 1e-300)), np.log(self.end)
        begin, end = self.begin**shape, self.end**shape
        return (
            end - begin,
            end * log_end - begin * log_begin,
            end * log_end**2 - begin * log_begin**2,
        )
