"""The rules' word and the data's, blended: a prior made of customers that nobody has seen.

Each row of data stands for a bit more than itself, and of that bit came what the rules say. All
these bits together are ``strength`` customers. So the rules' word is about such customers as there
are, and data takes over as it comes: Bedrick, Christensen and Johnson, *Journal of the American
Statistical Association* 91 (1996), 1450-1460.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from regulars_models.logistic import fit_logistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIDGE = 1e-4  # towards the rules: it decides only what neither rows nor rules tell


@dataclass(frozen=True)
class Blend:
    """``coefficients`` of the features, and how sure they are: standard ``errors``."""

    coefficients: Floats
    errors: Floats


def blend(features: Floats, came: Floats, said: Floats, strength: float) -> Blend:
    """What rows of ``features`` and whether they ``came`` make of the coefficients ``said``.

    Without a row these are ``said`` themselves, and nobody knows how sure.
    """
    if not len(came):
        return Blend(said, np.full(len(said), np.nan))
    offset, share = features @ said, strength / len(came)
    outcome = (came + share * expit(offset)) / (1 + share)
    fitted = fit_logistic(features, outcome, weight=1 + share, offset=offset, ridge=RIDGE)
    errors = np.sqrt(np.diag(np.linalg.inv(fitted.curvature)))
    return Blend(said + fitted.coefficients, errors)


def weight(rows: int, strength: float) -> float:
    """How much of what is said is still the rules' word: 1 without any data, 0 with very much."""
    return strength / (strength + rows)
