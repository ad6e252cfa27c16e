"""The last answer of each customer, and the net promoter score with its interval.

Reichheld, "The One Number You Need to Grow", *Harvard Business Review* 81 (2003), 46-54; the
variance of a difference of two shares of one sample as by Rocks, *Journal of Targeting, Measurement
and Analysis for Marketing* 24 (2016), who recommends Agresti and Coull's kind of added answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import Fitted, instant, micros

from .kind import TOP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    from .kind import Nps

    Floats = NDArray[np.float64]

PROMOTER, DETRACTOR = 9, 6  # from 9 on, up to 6
ADDED = 3.0  # answers that the interval adds, in equal shares, so that it holds for a few
NORMAL = 1.959963984540054  # of 95 %


def fit(config: Nps, data: ModelData, _seed: int) -> Fitted | str:
    """The shop's score by the last answer of each customer."""
    answers, beside = _last_answers(config, data)
    given = answers[~np.isnan(answers)]
    if not len(given):
        return f"Nobody has answered '{config.answer}' with 0 to 10 within {config.within}."
    told = _score(given)
    return Fitted(
        {}, diagnostics={"answers": len(given), "answers that are none": beside}, metrics=told
    )


def score(config: Nps, _fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    """What each customer answered last, and the group that puts them in."""
    answers, _ = _last_answers(config, data)
    groups = np.full(len(data), None, dtype=object)
    groups[answers >= 0] = "passive"
    groups[answers >= PROMOTER] = "promoter"
    groups[answers <= DETRACTOR] = "detractor"
    return {"answer": answers, "group": groups}


def _last_answers(config: Nps, data: ModelData) -> tuple[Floats, int]:
    """Each customer's last whole answer from 0 to 10; how many others there were."""
    event, _, name = config.answer.partition(".")
    since = micros(config.within.before(instant(data.now), data.zone))
    events = data.events[event].between(since, data.now)
    values = events.amounts[name]
    valid = (values >= 0) & (values <= TOP) & (values == np.floor(values))
    last = np.full(len(data), np.nan)
    last[events.customer[valid]] = values[valid]  # the last one of each customer stays
    return last, int((~valid).sum())


def _score(answers: Floats) -> dict[str, float]:
    """Promoters minus detractors in points, -100 to 100, with a 95 % interval."""
    promoters, detractors = (answers >= PROMOTER).mean(), (answers <= DETRACTOR).mean()
    count = len(answers) + ADDED
    up = (promoters * len(answers) + ADDED / 3) / count
    down = (detractors * len(answers) + ADDED / 3) / count
    half = NORMAL * np.sqrt((up + down - (up - down) ** 2) / count)
    return {
        "nps": 100 * float(promoters - detractors),
        "nps_low": 100 * max(-1.0, float(up - down - half)),
        "nps_high": 100 * min(1.0, float(up - down + half)),
        "promoters": float(promoters),
        "passives": float(1 - promoters - detractors),
        "detractors": float(detractors),
    }
