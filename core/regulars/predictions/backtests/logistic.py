"""A logistic regression, small and plain: a baseline for models to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIDGE = 1.0  # on standardised features, beside the sum of the losses: little, and never singular
STEPS = 30
CLOSE = 1e-8


def logistic(features: Floats, label: NDArray[np.bool_], asked: Floats) -> Floats | None:
    """The probability of each row of ``asked``, learned from ``features`` with their ``label``.

    By Newton's method (McCullagh and Nelder, *Generalized Linear Models*, 2nd ed. 1989, 4.4) with
    a small ridge on all but the intercept. None where all labels are the same.
    """
    if not len(label) or label.all() or not label.any():
        return None
    centre, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale == 0] = 1
    rows = _with_one((features - centre) / scale)
    ridge = np.diag([0.0, *[RIDGE] * (rows.shape[1] - 1)])
    weights = np.zeros(rows.shape[1])
    share = label.mean()
    weights[0] = np.log(share / (1 - share))
    for _ in range(STEPS):
        chance = expit(rows @ weights)
        slope = rows.T @ (label - chance) - ridge @ weights
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < CLOSE:
            break
    return np.asarray(expit(_with_one((asked - centre) / scale) @ weights))


def _with_one(rows: Floats) -> Floats:
    return np.column_stack([np.ones(len(rows)), rows])
