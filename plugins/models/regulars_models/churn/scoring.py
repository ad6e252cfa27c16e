"""What is said of each customer who can leave, and what moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import DAY, Reason

from regulars_models.explaining import shapley

from .law import Law
from .standing import names, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import Fitted, ModelData

    from .kind import ChurnSettings
    from .standing import Floats


def score(
    config: ChurnSettings, fitted: Fitted, data: ModelData
) -> Mapping[str, NDArray[np.float64]]:
    """The scores of everybody; none of who can't leave, because they never came or are gone."""
    stood, law = standing(config, data), Law(config, fitted)
    risk, half = np.full(len(data), np.nan), np.full(len(data), np.nan)
    risk[stood.customers] = law.risk(stood.inputs)
    half[stood.customers] = data.now + law.half(stood.inputs) * DAY
    return {"risk": risk, "median_time": half}


def inputs(config: ChurnSettings, data: ModelData) -> Mapping[str, NDArray[np.float64]]:
    """What is known of each customer who can leave, NaN of the others."""
    stood = standing(config, data)
    whole = np.full((len(data), stood.inputs.shape[1]), np.nan)
    whole[stood.customers] = stood.inputs
    return dict(zip(names(config), whole.T, strict=True))


def explain(
    config: ChurnSettings, fitted: Fitted, data: ModelData
) -> Mapping[str, Sequence[Reason]]:
    """What moved the scores of the one customer in ``data``, against one in the middle of all."""
    stood, law = standing(config, data), Law(config, fitted)
    if not len(stood.customers):
        return {}
    own = stood.inputs[0]
    usual = np.array(fitted.parameters["typical"], np.float64)  # None becomes NaN
    words = [f"{name} {_told(value)}" for name, value in zip(names(config), own, strict=True)]
    told = {"risk": _reasons(law.risk, own, usual, words)}
    told["median_time"] = _reasons(lambda rows: law.half(rows) * DAY, own, usual, words)
    return {score: reasons for score, reasons in told.items() if reasons}


def _reasons(
    function: Callable[[Floats], Floats], own: Floats, usual: Floats, words: Sequence[str]
) -> list[Reason]:
    """None where the function doesn't tell of some of the mixtures."""
    moved: Any = shapley(function, own, usual)
    if not np.isfinite(moved).all():
        return []
    return [Reason(what, float(by)) for what, by in zip(words, moved, strict=True) if by]


def _told(value: float) -> str:
    return "unknown" if np.isnan(value) else f"{value:.4g}"
