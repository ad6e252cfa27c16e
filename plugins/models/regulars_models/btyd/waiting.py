"""When the next event comes from a customer whose rate is Gamma(shape, exposure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def next_event(shape: Floats, exposure: Floats, alive: Floats | float, chance: float) -> Floats:
    """The time within which it comes with probability ``chance``; infinite if it never does.

    It comes only to those who are ``alive``, after a time that is Lomax distributed. Raises
    ValueError unless 0 < chance < 1.
    """
    with np.errstate(over="ignore", divide="ignore"):
        return np.asarray(exposure * np.expm1(-np.log1p(-needed(alive, chance)) / shape))


def needed(alive: Floats | float, chance: float) -> Floats:
    """The ``chance`` that is needed of those who are ``alive``; 1 where even that is too little."""
    if not 0 < chance < 1:
        raise ValueError(f"the chance is {chance}; it must be between 0 and 1")
    return np.minimum(chance / np.maximum(alive, chance), 1.0)
