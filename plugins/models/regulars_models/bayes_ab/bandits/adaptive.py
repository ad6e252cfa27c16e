"""Bandits' data read fairly: each unit weighs by the probability with which it was given its arm.

A bandit gives fewer units to an arm that has had bad luck, and so never finds out: plain means are
biased, and their intervals cover too rarely. Weighting by 1 / e, the stored probability of the arm
given, repairs the bias, but units of tiny e then decide alone and the error is not normal. Hadad,
Hirshberg, Zhan, Wager and Athey 2021 (PNAS 118) weigh each moment as well so that it adds about
as much to the variance as any other: that is asymptotically normal, whatever the bandit did.

It is preferred to the batched comparison of Zhang, Janson and Murphy 2020 (NeurIPS), which needs
batches that are large in every arm: a shop's runs give a few units each. What theirs has, that
both arms are compared over the same days, is had here too with two arms: the moments weigh
(1/e + 1/(1 - e)) ^ -½ for both, which evens out the variance of the *difference*, so a busy week
doesn't make an arm look better. With more arms only the own e is stored, and the rest is taken to
be spread evenly, so they are compared over the same days only about.

Units whose window is still open are left out: those of an arm that is given more are younger.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from regulars.hooks import Trial

    from regulars_models.bayes_ab.measures import Floats, PerUnit


def weighed(trial: Trial, exposed: PerUnit) -> PerUnit:
    """Those of ``exposed`` who count, each with the number of units of equal weight it stands for.

    An arm's add up to Kish's effective sample size, (Σ w)² / Σ w².
    """
    seen = closed(exposed)
    arms = len(trial.arms)
    weight = moments(trial.units.probability[seen.row], arms)
    total = np.bincount(seen.arm, weights=weight, minlength=arms)
    squared = np.bincount(seen.arm, weights=weight**2, minlength=arms)
    worth = total / np.where(squared > 0, squared, 1.0)
    return replace(seen, weight=weight * worth[seen.arm])


def closed(seen: PerUnit) -> PerUnit:
    """Those of ``seen`` whose whole window has passed."""
    whole = seen.seen >= 1
    return replace(
        seen,
        row=seen.row[whole],
        arm=seen.arm[whole],
        top=seen.top[whole],
        bottom=seen.bottom[whole],
        seen=seen.seen[whole],
        weight=seen.weight[whole],
    )


def moments(probability: Floats, arms: int) -> Floats:
    """The weight of units that were given one of ``arms`` with ``probability``."""
    e = np.clip(probability, 1e-9, 1.0)
    rest = np.maximum(1 - e, 1e-9)  # a sure thing compares with nothing
    return np.asarray(1 / (e * np.sqrt(1 / e + (arms - 1) ** 2 / rest)))
