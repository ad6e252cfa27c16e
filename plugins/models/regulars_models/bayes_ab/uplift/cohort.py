"""Whom uplift is learned from: the units with an arm and those with the control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars_models.bayes_ab.measures import per_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.hooks import Outcome, Trial

    from regulars_models.bayes_ab.measures import Floats, Mask, Whole

FOLDS = 5
FEWEST = 100  # units in each of the two arms


@dataclass(frozen=True)
class Cohort:
    """Units by ``row`` in ``Units``: who is ``treated`` has the arm, the others the control.

    ``columns`` are their traits, NaN where unknown; ``y`` is what ``PerUnit.top`` says of each:
    whether it converted (it is ``binary``), how often, or how much it spent. ``weight`` is 1 by
    the probability with which it was given its arm. ``fold`` is drawn, equally many of each arm in
    every fold. ``wanted`` is 1, or -1 where less is better.
    """

    row: Whole
    columns: Floats
    y: Floats
    treated: Mask
    weight: Floats
    fold: Whole
    binary: bool
    wanted: float


def cohort(
    trial: Trial, outcome: Outcome, traits: Sequence[str], arm: int = 1, seed: int = 0
) -> Cohort | str:
    """The units with ``arm`` or the control; a sentence if nothing can be learned of them.

    Raises KeyError for a trait that the trial doesn't know.
    """
    refused = _refused(trial, outcome, traits, arm)
    if refused is not None:
        return refused
    seen = per_unit(trial, outcome)
    kept = (seen.arm == arm) | (seen.arm == 0)
    row, y, treated = seen.row[kept], seen.top[kept], seen.arm[kept] == arm
    least = min(int(treated.sum()), int((~treated).sum()))
    if least < FEWEST:
        return f"Uplift needs {FEWEST} units in each arm; the smaller has {least} so far."
    if np.ptp(y) == 0:
        return "Uplift has nothing to learn from: the same happened to every unit so far."
    return Cohort(
        row,
        np.column_stack([trial.units.traits[name][row] for name in traits]),
        y,
        treated,
        1 / np.clip(trial.units.probability[row], 1e-9, 1),
        _folds(treated, np.random.default_rng(seed)),
        outcome.goal.kind == "conversion",
        -1.0 if outcome.goal.better == "less" else 1.0,
    )


def _refused(trial: Trial, outcome: Outcome, traits: Sequence[str], arm: int) -> str | None:
    if not 0 < arm < len(trial.arms):
        return "Uplift compares an arm with the control; there is only one arm."
    if not traits:
        return "Uplift needs traits to tell customers apart by; name some in uplift."
    if outcome.goal.kind in {"mean", "time", "ratio"}:
        return f"Uplift can't be told for a {outcome.goal.kind}; it can for what each unit brings."
    return None


def _folds(treated: Mask, random: np.random.Generator) -> Whole:
    order = random.permutation(len(treated))
    order = order[np.argsort(treated[order], kind="stable")]
    fold = np.empty(len(treated), dtype=np.int64)
    fold[order] = np.arange(len(treated)) % FOLDS
    return fold
