"""What is said of each customer who can leave, and what moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY

from regulars_models.explaining import reasons_of

from .law import Law
from .standing import names, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import Fitted, ModelData, Reason

    from .kind import ChurnSettings


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
    words = [
        name if name in config.traits else f"{name} {value:.4g}"
        for name, value in zip(names(config), own.tolist(), strict=True)
    ]
    told = {"risk": reasons_of(law.risk, words, own, usual)}
    told["median_time"] = reasons_of(lambda rows: law.half(rows) * DAY, words, own, usual)
    return {score: reasons for score, reasons in told.items() if reasons}
