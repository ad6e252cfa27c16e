"""A logistic regression on traits, with the ridge by which it foresees best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from regulars_models.logistic import Logistic, errors, fit_logistic, log_loss
from regulars_models.soon.past import FOLDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regulars_models.soon.past import Past

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

RIDGES = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.001, 0.0001)  # of what the rows tell


@dataclass(frozen=True)
class Regression:
    """Coefficients and their standard ``errors``: the constant's, then those of the features.

    ``foreseen`` are the log-odds of each row by a regression that had not seen its customer.
    ``ridge`` is a share of what the rows tell of a coefficient: with 1 it is halved.
    """

    fitted: Logistic
    errors: Floats
    ridge: float
    foreseen: Floats


def regress(features: Floats, past: Past, fold: Whole) -> Regression:
    """By ``features`` of the rows of ``past``, which need some of both kinds in every fold."""
    columns = np.column_stack([np.ones(len(past)), features])
    rate = past.came.mean()
    told = len(past) * rate * (1 - rate)
    foreseen = _foreseen(columns, past.came, fold, told)
    losses = [log_loss(odds, past.came) for odds in foreseen]
    best = int(np.argmin(losses))
    fitted = fit_logistic(columns, past.came, ridge=_ridge(columns, RIDGES[best] * told))
    residual = past.came - expit(columns @ fitted.coefficients)
    spread = errors(fitted, columns, residual, past.customer)
    return Regression(fitted, spread, RIDGES[best], foreseen[best])


def _foreseen(columns: Floats, came: Floats, fold: Whole, told: float) -> Floats:
    """Log-odds of each row by the regressions of the other folds: ridges by rows."""
    found = np.empty((len(RIDGES), len(came)))
    for each in range(FOLDS):
        held, start = fold == each, None
        for place, ridge in enumerate(RIDGES):
            share = ridge * told * (1 - 1 / FOLDS)
            start = fit_logistic(
                columns[~held], came[~held], ridge=_ridge(columns, share), start=start
            ).coefficients
            found[place, held] = columns[held] @ start
    return found


def _ridge(columns: Floats, ridge: float) -> Floats:
    """The constant goes free."""
    return np.array([0.0] + [ridge] * (columns.shape[1] - 1))
