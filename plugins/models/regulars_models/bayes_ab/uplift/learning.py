"""A T-learner: one model of what happens to those with the arm, another of those without it.

The score is the difference (Künzel, Sekhon, Bickel and Yu 2019, PNAS 116, 4156-4165). There is a
pair of models for each fold, learned from the others (cross-fitting: Chernozhukov et al. 2018,
*Econometrics Journal* 21, C1-C68), and a customer's score is the mean of all. Learning needs
scikit-learn: ``pip install 'regulars[ml]'``; scoring doesn't. Equal data and an equal seed give
equal scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars_models.boosted.growing import grown as trees_of
from regulars_models.boosted.leaves import expect
from regulars_models.boosted.trees import Trees

from .cohort import FOLDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars_models.bayes_ab.measures import Floats, Mask

    from .cohort import Cohort

LEAF = 40  # units that a model may tell apart at least
TREES, LEAVES = 30, 6


def learned(cohort: Cohort, seed: int = 0) -> Trees:
    """What ``scores`` anybody later. Raises RegularsError where scikit-learn is not installed."""
    return grown(cohort, (cohort.fold != each for each in range(FOLDS)), seed)


def grown(cohort: Cohort, parts: Iterable[Mask], seed: int = 0) -> Trees:
    """Two models of each of ``parts`` of the units: with the arm, then with the control.

    Raises RegularsError where scikit-learn is not installed.
    """
    sides = (cohort.treated, ~cohort.treated)
    return Trees.of([_model(cohort, part & side, seed) for part in parts for side in sides])


def scores(trees: Trees, columns: Floats) -> Floats:
    """How much more the arm brings each row of ``columns``: the mean over the pairs of models."""
    expected = expect(trees, columns)
    return np.asarray((expected[0::2] - expected[1::2]).mean(axis=0))


def _model(cohort: Cohort, units: Mask, seed: int) -> Any:
    """Boosted trees, which take unknown traits and those of any scale."""
    columns, y = cohort.columns[units], cohort.y[units]
    binary = cohort.binary
    return trees_of(columns, y, binary=binary, trees=TREES, leaves=LEAVES, leaf=LEAF, seed=seed)
