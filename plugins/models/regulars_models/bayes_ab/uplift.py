"""Uplift: to whom an arm makes a difference, from traits as they were at exposure.

A T-learner (Künzel, Sekhon, Bickel and Yu 2019, PNAS 116, 4156-4165): one model of what happens to
those with the arm, another of those with the control; the score is the difference. Each unit is
scored by models that have not seen it (cross-fitting: Chernozhukov et al. 2018, *Econometrics
Journal* 21, C1-C68), or they would find what is not there. Needs scikit-learn:
``pip install 'regulars[ml]'``. Equal data and an equal seed give equal scores.

Whether the scores are any good is tested on scores of another kind: those of each fold by models of
the folds before it (Wager 2024, *Sequential validation of treatment heterogeneity*, arXiv
2405.05534). With cross-fitting the luck of two folds is each other's lesson, so the same luck
counts twice, and too much is found where there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.errors import RegularsError

from .measures import per_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray
    from regulars.hooks import Outcome, Trial

    from .measures import Floats, PerUnit, Whole

FOLDS = 5
FEWEST = 100  # units in each of the two arms
LEAF = 40  # units that a model may tell apart at least
TREES = 30


@dataclass(frozen=True)
class Scorer:
    """Scores anybody by the traits it was fitted to: what the arm adds for them, on average.

    ``pairs`` are the models with the arm and with the control, one pair for each fold.
    """

    traits: tuple[str, ...]
    pairs: tuple[tuple[Any, Any], ...]

    def score(self, traits: Mapping[str, Floats]) -> Floats:
        """One score for each row of ``traits``; NaN in a trait is unknown.

        Raises KeyError for a trait that is missing altogether.
        """
        columns = np.column_stack([traits[name] for name in self.traits])
        if not len(columns):
            return np.empty(0)
        with _one_thread():
            scores = [
                _expect(treated, columns) - _expect(rest, columns) for treated, rest in self.pairs
            ]
        return np.asarray(np.mean(scores, axis=0))


@dataclass(frozen=True)
class Evidence:
    """Units to test the scores on, by ``row`` in ``Units``.

    ``rank`` is the place of a unit's score within its fold, 0 (gains most) to 1. ``gain`` estimates
    the effect on it without a bias but with much noise, so that a sum over many is the effect on
    them together; where less is better it is how much less.
    """

    row: Whole
    rank: Floats
    gain: Floats


@dataclass(frozen=True)
class Uplift:
    """Who gains from ``arm``: units by ``row`` in ``Units``, those with it and the control.

    ``score`` is how much more the arm brings each unit, by models that have not seen the unit.
    ``evidence`` is what tests it, ``scorer`` scores anybody later.
    """

    arm: str
    row: Whole
    score: Floats
    evidence: Evidence
    scorer: Scorer


def uplift(
    trial: Trial, outcome: Outcome, traits: Sequence[str], arm: int = 1, seed: int = 0
) -> Uplift | str:
    """Scores of the units with ``arm`` or the control by ``traits``; a sentence if it can't be.

    What is predicted is what ``PerUnit.top`` says of a unit: whether it converted, how often,
    or how much it spent.

    Raises:
        RegularsError: scikit-learn is not installed.
        KeyError: a trait that the trial doesn't know.
    """
    refused = _refused(trial, outcome, traits, arm)
    if refused is not None:
        return refused
    seen = _pair(per_unit(trial, outcome), arm)
    treated = seen.arm == arm
    least = min(int(treated.sum()), int((~treated).sum()))
    if least < FEWEST:
        return f"Uplift needs {FEWEST} units in each arm; the smaller has {least} so far."
    if np.ptp(seen.top) == 0:
        return "Uplift has nothing to learn from: the same happened to every unit so far."
    columns = np.column_stack([trial.units.traits[name][seen.row] for name in traits])
    fold = _folds(seen.arm, np.random.default_rng(seed))
    weights = 1 / np.clip(trial.units.probability[seen.row], 1e-9, 1)
    make = _models(seed, binary=outcome.goal.kind == "conversion")
    learn = partial(_fit, make, columns, seen.top, treated)
    with _one_thread():
        pairs = [learn(fold != each) for each in range(FOLDS)]
        expected = _expected(pairs, columns, fold)
        # The last fold's models have all the others before it: they are there already.
        before = [learn(fold < each) for each in range(1, FOLDS - 1)] + pairs[-1:]
        tested = fold > 0
        sequential = _expected(before, columns[tested], fold[tested] - 1)
    wanted = -1.0 if outcome.goal.better == "less" else 1.0
    evidence = Evidence(
        seen.row[tested],
        _ranks(wanted * (sequential[:, 0] - sequential[:, 1]), fold[tested]),
        wanted * _gains(seen.top[tested], treated[tested], sequential, weights[tested]),
    )
    score = expected[:, 0] - expected[:, 1]
    return Uplift(trial.arms[arm], seen.row, score, evidence, Scorer(tuple(traits), tuple(pairs)))


def _refused(trial: Trial, outcome: Outcome, traits: Sequence[str], arm: int) -> str | None:
    if not 0 < arm < len(trial.arms):
        return "Uplift compares an arm with the control; there is only one arm."
    if not traits:
        return "Uplift needs traits to tell customers apart by; name some in uplift."
    if outcome.goal.kind in {"mean", "time", "ratio"}:
        return f"Uplift can't be told for a {outcome.goal.kind}; it can for what each unit brings."
    return None


def _pair(seen: PerUnit, arm: int) -> PerUnit:
    """Those with ``arm`` and those with the control."""
    kept = (seen.arm == arm) | (seen.arm == 0)
    fields = (seen.row, seen.arm, seen.top, seen.bottom, seen.seen, seen.weight)
    return type(seen)(*(each[kept] for each in fields))


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


def _fit(
    make: Callable[[], Any], columns: Floats, y: Floats, treated: NDArray[np.bool_], inside: Any
) -> tuple[Any, Any]:
    return tuple(
        make().fit(columns[inside & side], y[inside & side]) for side in (treated, ~treated)
    )


def _expected(pairs: Sequence[tuple[Any, Any]], columns: Floats, fold: Whole) -> Floats:
    """Units by what the models for their fold expect with the arm and with the control."""
    expected = np.empty((len(columns), 2))
    for each, models in enumerate(pairs):
        inside = fold == each
        for side, model in enumerate(models):
            expected[inside, side] = _expect(model, columns[inside])
    return expected


def _one_thread() -> AbstractContextManager[Any]:
    """Trees this small are slower with threads, by far where other processes want the cores."""
    limits: AbstractContextManager[Any] = import_module("threadpoolctl").threadpool_limits(1)
    return limits


def _expect(model: Any, columns: Floats) -> Floats:
    """What ``model`` expects of each row: a probability, or an amount."""
    if not hasattr(model, "predict_proba"):
        return np.asarray(model.predict(columns))
    if len(model.classes_) == 1:  # it has only seen one answer
        return np.full(len(columns), float(model.classes_[0]))
    return np.asarray(model.predict_proba(columns)[:, 1])


def _folds(arm: Whole, random: np.random.Generator) -> Whole:
    """A fold for each unit, equally many of each arm in every fold."""
    order = random.permutation(len(arm))
    order = order[np.argsort(arm[order], kind="stable")]
    fold = np.empty(len(arm), dtype=np.int64)
    fold[order] = np.arange(len(arm)) % FOLDS
    return fold


def _ranks(score: Floats, fold: Whole) -> Floats:
    """Within folds: what one fold has of luck the models of the others lack, so levels differ."""
    rank = np.empty(len(score))
    for each in np.unique(fold):
        inside = np.flatnonzero(fold == each)
        order = inside[np.argsort(-score[inside], kind="stable")]
        rank[order] = (np.arange(len(order)) + 0.5) / len(order)
    return rank


def _gains(y: Floats, treated: NDArray[np.bool_], expected: Floats, weight: Floats) -> Floats:
    """The transformed outcome (Athey and Imbens 2016, PNAS 113), around what is expected of all.

    Weights are scaled so that both arms stand for everybody.
    """
    share = float(treated.mean())
    away = y - expected @ np.array([1 - share, share])
    gain = np.empty(len(away))
    for side, sign in ((treated, 1.0), (~treated, -1.0)):
        gain[side] = sign * away[side] * weight[side] * len(away) / weight[side].sum()
    return gain
