"""Gradient boosting: as many small trees as foresee best. Learning needs scikit-learn.

Friedman, *Annals of Statistics* 29 (2001), 1189-1232.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars_models.boosted.growing import grown
from regulars_models.boosted.leaves import LEAVES, Leaves
from regulars_models.boosted.trees import Trees
from regulars_models.logistic import log_loss
from regulars_models.soon.past import FOLDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regulars_models.soon.past import Past

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOST, EACH = 150, 5  # trees at most, and after how many it is looked how well they foresee
LEAF = 20  # rows at least


@dataclass(frozen=True)
class Boosted:
    """``foreseen`` are the log-odds of each row by ``trees`` that had not seen its customer.

    ``importance`` is how much larger their log-loss is where a trait's values are shuffled:
    Breiman, *Machine Learning* 45 (2001), 5-32.
    """

    leaves: Leaves
    trees: int
    foreseen: Floats
    importance: Floats


def boost(past: Past, fold: Whole, seed: int) -> Boosted:
    """By the rows of ``past``, which need some of both kinds in every fold.

    Raises RegularsError where scikit-learn is not installed.
    """
    numbers = range(EACH, MOST + 1, EACH)
    foreseen = np.empty((len(numbers), len(past)))
    models = [_grown(past, fold != each, MOST, seed) for each in range(FOLDS)]
    for each, model in enumerate(models):
        staged = model.staged_decision_function(past.values[fold == each])
        for trees, odds in enumerate(staged, start=1):
            if trees % EACH == 0:
                foreseen[trees // EACH - 1, fold == each] = np.ravel(odds)
    best = int(np.argmin([log_loss(odds, past.came) for odds in foreseen]))
    traits, trees = past.values.shape[1], numbers[best]
    importance = np.zeros(traits)
    for each, model in enumerate(models):
        leaves = Leaves.of(Trees.of([model]), traits, trees)
        held = fold == each
        importance += _importance(leaves, past.values[held], past.came[held], seed) / FOLDS
    whole = Trees.of([_grown(past, np.ones(len(past), np.bool_), trees, seed)])
    return Boosted(Leaves.of(whole, traits, trees), trees, foreseen[best], importance)


def _grown(past: Past, rows: NDArray[np.bool_], trees: int, seed: int) -> Any:
    values, came = past.values[rows], past.came[rows]
    return grown(values, came, binary=True, trees=trees, leaves=LEAVES, leaf=LEAF, seed=seed)


def _importance(leaves: Leaves, values: Floats, came: Floats, seed: int) -> Floats:
    random, before = np.random.default_rng(seed), log_loss(leaves.odds(values), came)
    found = np.zeros(values.shape[1])
    for trait in range(values.shape[1]):
        shuffled = values.copy()
        random.shuffle(shuffled[:, trait])
        found[trait] = max(0.0, log_loss(leaves.odds(shuffled), came) - before)
    return found
