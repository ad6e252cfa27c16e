"""Who is said to gain most, and what they gained: what tests whether the scores are any good.

The units of each fold are scored by models of the folds before it (Wager 2024, *Sequential
validation of treatment heterogeneity*, arXiv 2405.05534). With cross-fitting the luck of two folds
is each other's lesson, so the same luck counts twice, and too much is found where there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars_models.boosted.leaves import expect

from .cohort import FOLDS
from .learning import grown

if TYPE_CHECKING:
    from regulars_models.bayes_ab.measures import Floats, Mask, Whole

    from .cohort import Cohort


@dataclass(frozen=True)
class Order:
    """Units to test the scores on, by ``row`` in ``Units``.

    ``rank`` is the place of a unit's score within its fold, 0 (gains most) to 1. ``gain`` estimates
    the effect on it without a bias but with much noise, so that a sum over many is the effect on
    them together; where less is better it is how much less.
    """

    row: Whole
    rank: Floats
    gain: Floats


def ordered(cohort: Cohort, seed: int = 0) -> Order:
    """The units of all folds but the first, in the order of what they are expected to gain.

    Raises RegularsError where scikit-learn is not installed.
    """
    expected = np.zeros((2, len(cohort.row)))  # with the arm, with the control
    for each in range(1, FOLDS):
        inside = cohort.fold == each
        trees = grown(cohort, [cohort.fold < each], seed)
        expected[:, inside] = expect(trees, cohort.columns[inside])
    tested = cohort.fold > 0
    score = cohort.wanted * (expected[0] - expected[1])[tested]
    gain = cohort.wanted * _gains(
        cohort.y[tested], cohort.treated[tested], expected[:, tested], cohort.weight[tested]
    )
    return Order(cohort.row[tested], _ranks(score, cohort.fold[tested]), gain)


def _ranks(score: Floats, fold: Whole) -> Floats:
    """Within folds: what one fold has of luck the models of the others lack, so levels differ."""
    rank = np.empty(len(score))
    for each in np.unique(fold):
        inside = np.flatnonzero(fold == each)
        order = inside[np.argsort(-score[inside], kind="stable")]
        rank[order] = (np.arange(len(order)) + 0.5) / len(order)
    return rank


def _gains(y: Floats, treated: Mask, expected: Floats, weight: Floats) -> Floats:
    """The transformed outcome (Athey and Imbens 2016, PNAS 113), around what is expected of all.

    Weights are scaled so that both arms stand for everybody.
    """
    share = float(treated.mean())
    away = y - np.array([1 - share, share]) @ expected
    gain = np.empty(len(away))
    for side, sign in ((treated, 1.0), (~treated, -1.0)):
        gain[side] = sign * away[side] * weight[side] * len(away) / weight[side].sum()
    return gain
