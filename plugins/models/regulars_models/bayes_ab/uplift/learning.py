"""A T-learner: one model of what happens to those with the arm, another of those without it.

The score is the difference (Künzel, Sekhon, Bickel and Yu 2019, PNAS 116, 4156-4165). There is a
pair of models for each fold, learned from the others (cross-fitting: Chernozhukov et al. 2018,
*Econometrics Journal* 21, C1-C68), and a customer's score is the mean of all. Learning needs
scikit-learn: ``pip install 'regulars[ml]'``; scoring doesn't. Equal data and an equal seed give
equal scores.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.errors import RegularsError

from .cohort import FOLDS
from .trees import Trees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from regulars_models.bayes_ab.measures import Floats, Mask

    from .cohort import Cohort

LEAF = 40  # units that a model may tell apart at least
TREES = 30


def learned(cohort: Cohort, seed: int = 0) -> Trees:
    """What ``scores`` anybody later. Raises RegularsError where scikit-learn is not installed."""
    return grown(cohort, (cohort.fold != each for each in range(FOLDS)), seed)


def grown(cohort: Cohort, parts: Iterable[Mask], seed: int = 0) -> Trees:
    """Two models of each of ``parts`` of the units: with the arm, then with the control.

    Raises RegularsError where scikit-learn is not installed.
    """
    make = _models(seed, binary=cohort.binary)
    sides = (cohort.treated, ~cohort.treated)
    with _one_thread():
        models = [
            make().fit(cohort.columns[part & side], cohort.y[part & side])
            for part in parts
            for side in sides
        ]
    return Trees.of(models)


def scores(trees: Trees, columns: Floats) -> Floats:
    """How much more the arm brings each row of ``columns``: the mean over the pairs of models."""
    expected = trees.expect(columns)
    return np.asarray((expected[0::2] - expected[1::2]).mean(axis=0))


def _models(seed: int, *, binary: bool) -> Callable[[], Any]:
    """What makes a model: boosted trees, which take unknown traits and those of any scale."""
    try:
        ensemble = import_module("sklearn.ensemble")
    except ImportError as error:
        raise RegularsError(
            f"uplift needs scikit-learn ({error}); run pip install 'regulars[ml]'"
        ) from None
    kind = "Classifier" if binary else "Regressor"
    make = getattr(ensemble, f"HistGradientBoosting{kind}")
    return lambda: make(
        max_iter=TREES,
        learning_rate=0.1,
        max_leaf_nodes=6,
        min_samples_leaf=LEAF,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )


def _one_thread() -> AbstractContextManager[Any]:
    """Trees this small are slower with threads, by far where other processes want the cores."""
    limits: AbstractContextManager[Any] = import_module("threadpoolctl").threadpool_limits(1)
    return limits
