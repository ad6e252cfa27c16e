"""Customers whose chance to come is known, at several cut-offs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars_models.soon.past import Past
from scipy.special import expit
from scipy.stats import rankdata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def planted(people: int, seed: int, signal: float = 1.0, cutoffs: int = 3) -> tuple[Past, Floats]:
    """Rows of traits spend, silence (unknown of a fifth) and noise, and their true chances."""
    random = np.random.default_rng(seed)
    rows = people * cutoffs
    habit = np.tile(random.normal(size=people), cutoffs)
    spend = np.exp(random.normal(size=rows) + habit)
    silence = random.exponential(40.0, rows)
    unknown = random.random(rows) < 0.2
    odds = signal * (np.log1p(spend) - 0.03 * np.where(unknown, 60, silence)) - 1.0
    came = (random.random(rows) < expit(odds)).astype(float)
    silence[unknown] = np.nan
    values = np.column_stack([spend, silence, random.normal(size=rows)])
    return Past(values, came, np.tile(np.arange(people), cutoffs)), expit(odds)


def area(said: Floats, came: Floats) -> float:
    """The chance that of one who came and one who didn't, more was said of the first."""
    ranks, yes = rankdata(said), came > 0
    n = int(yes.sum())
    return float((ranks[yes].sum() - n * (n + 1) / 2) / n / (len(came) - n))
