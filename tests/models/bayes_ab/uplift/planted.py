"""A trial in which some gain from the arm and others don't, by their visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY, Happened
from regulars_models.bayes_ab.uplift.cohort import Cohort, cohort

from tests.models.bayes_ab.planted import trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars.hooks import GoalKind, Trial

TRAITS = ("visits", "spend")


def planted(  # noqa: PLR0913
    seed: int,
    effect: Callable[[np.ndarray[tuple[int], np.dtype[np.float64]]], object],
    n: int = 2000,
    kind: GoalKind = "conversion",
    better: str = "more",
    *,
    unknown: float = 0.1,
) -> Trial:
    """The arm adds ``effect`` of visits to a rate of 10 to 15 %."""
    random = np.random.default_rng(seed)
    arms, visits, spend = random.integers(0, 2, n), random.random(n), random.normal(size=n)
    rate = 0.1 + 0.05 * (spend > 0) + arms * np.asarray(effect(visits))
    unit = np.flatnonzero(random.random(n) < rate)
    spend[random.random(n) < unknown] = np.nan
    what = Happened(unit, np.full(len(unit), DAY), 20 + 5 * random.random(len(unit)))
    traits = {"visits": visits, "spend": spend}
    return trial(arms.tolist(), [0.0] * n, what, kind, traits=traits, better=better)


def some(visits: np.ndarray[tuple[int], np.dtype[np.float64]]) -> object:
    return 0.3 * (visits > 0.5)


def units(experiment: Trial) -> Cohort:
    found = cohort(experiment, experiment.outcomes[0], TRAITS)
    assert isinstance(found, Cohort), found
    return found
