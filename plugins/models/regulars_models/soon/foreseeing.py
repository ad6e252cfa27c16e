"""Probabilities of everybody of whom something is known, and why one is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars_models.explaining import reasons_of

from .past import columns, known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelData, Reason

    Floats = NDArray[np.float64]
    Scorer = Callable[[Floats], Floats]  # of rows of traits


def foreseen(
    scorer: Scorer, data: ModelData, event: str, traits: Sequence[str]
) -> Mapping[str, Floats]:
    """How likely the event is of each customer; NaN of those of whom nothing is known."""
    found = np.full(len(data), np.nan)
    some = known(data, event, traits)
    found[some] = scorer(columns(data, traits)[some])
    return {"probability": found}


def reasons(
    scorer: Scorer,
    data: ModelData,
    event: str,
    traits: Sequence[str],
    typical: Sequence[float] | Floats,
) -> Mapping[str, Sequence[Reason]]:
    """What moved the probability of the one customer of ``data`` against a ``typical`` one."""
    if not known(data, event, traits).all():
        return {}
    usual = np.array(typical, np.float64)
    return {"probability": reasons_of(scorer, traits, columns(data, traits)[0], usual)}
