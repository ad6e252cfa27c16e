"""Logistic regression with a ridge, and probabilities that come as often as they say.

Newton's method, as iteratively reweighted least squares: McCullagh and Nelder, *Generalized Linear
Models*, 2nd edition (1989), chapter 4; the ridge: le Cessie and van Houwelingen, *Applied
Statistics* 41 (1992), 191-201.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

STEPS, HALVINGS = 50, 30
SMALL = 1e-10  # what a step may still gain, of a log-likelihood
FLOOR = 1e-9  # of every ridge: it keeps what the data don't tell at 0
NEAR_ONE = 4.0  # ridge that holds the slope of a calibration at 1, unless the data know better


@dataclass(frozen=True)
class Logistic:
    """``coefficients`` by column; ``curvature`` is minus the Hessian there, with its ridge.

    ``log_likelihood`` is that of the outcomes, without the ridge.
    """

    coefficients: Floats
    curvature: Floats
    log_likelihood: float


def fit_logistic(  # noqa: PLR0913 (what is fitted, and how)
    features: Floats,
    outcome: Floats,
    *,
    weight: Floats | float = 1.0,
    offset: Floats | float = 0.0,
    ridge: ArrayLike = 0.0,
    start: Floats | None = None,
) -> Logistic:
    """The most likely coefficients: ``features`` are rows by columns, a constant among them if any.

    ``outcome`` lies between 0 and 1, ``weight`` says for how many a row stands, ``offset`` is what
    its log-odds are besides. ``ridge`` is for each column or all: half of it times the square of a
    coefficient is taken off the log-likelihood.
    """
    ridges = np.broadcast_to(np.maximum(ridge, FLOOR), features.shape[1:])
    found = np.zeros(features.shape[1]) if start is None else start
    value = _goal(features, outcome, weight, offset, ridges, found)
    for _ in range(STEPS):
        chance = expit(features @ found + offset)
        gradient = features.T @ (weight * (outcome - chance)) - ridges * found
        curvature = _curvature(features, weight * chance * (1 - chance), ridges)
        step = np.linalg.solve(curvature, gradient)
        gain = float(gradient @ step)
        for _ in range(HALVINGS):
            there = _goal(features, outcome, weight, offset, ridges, found + step)
            if there >= value:
                break
            step = step / 2
        found, value = found + step, there
        if gain < SMALL:
            break
    likelihood = value + float(ridges @ found**2) / 2
    return Logistic(found, curvature, likelihood)


def errors(fitted: Logistic, features: Floats, residual: Floats, customer: Whole) -> Floats:
    """Standard errors of the coefficients, where one customer has several rows.

    ``residual`` is a row's outcome without its probability, ``customer`` whose it is. Rows of one
    customer are alike, so each customer counts as one: Liang and Zeger, *Biometrika* 73 (1986),
    13-22.
    """
    _, who = np.unique(customer, return_inverse=True)
    pulls = np.column_stack([np.bincount(who, residual * column) for column in features.T])
    bread = np.linalg.inv(fitted.curvature)
    return np.asarray(np.sqrt(np.diag(bread @ (pulls.T @ pulls) @ bread)))


def calibration(said: Floats, outcome: Floats) -> tuple[float, float]:
    """The constant and the slope that make log-odds ``said`` come true: Platt's scaling.

    ``said`` is of rows that whoever said it had not seen. A slope is never below 0: what ranks
    the wrong way round says nothing. Platt, *Advances in Large Margin Classifiers* (1999), 61-74.
    """
    one = np.ones_like(said)
    both = fit_logistic(
        np.column_stack([one, said]), outcome, offset=said, ridge=[0.0, NEAR_ONE]
    ).coefficients
    if both[1] > -1:
        return float(both[0]), float(1 + both[1])
    return float(logit(outcome.mean())), 0.0


def log_loss(odds: Floats, outcome: Floats) -> float:
    """How wrong log-odds are on average: minus the log-likelihood of a row."""
    return float((np.logaddexp(0.0, odds) - outcome * odds).mean())


def _goal(  # noqa: PLR0913, PLR0917 (as fit_logistic)
    features: Floats,
    outcome: Floats,
    weight: Floats | float,
    offset: Floats | float,
    ridges: Floats,
    found: Floats,
) -> float:
    odds = features @ found + offset
    likelihood = (weight * (outcome * odds - np.logaddexp(0.0, odds))).sum()
    return float(likelihood - ridges @ found**2 / 2)


def _curvature(features: Floats, weight: Floats, ridges: Floats) -> Floats:
    return np.asarray(features.T @ (features * weight[:, None]) + np.diag(ridges))
