"""The rules of stages, looked at for all customers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import Fitted, instant, micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    from .kind import Rule, Stage

    Bools = NDArray[np.bool_]


def fit(_config: Stage, data: ModelData, _seed: int) -> Fitted | str:
    """There is nothing to learn: the rules say it all."""
    return Fitted({}, diagnostics={"customers": len(data)})


def score(config: Stage, _fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    """The last stage whose rules hold; none where no stage's do."""
    step = np.zeros(len(data), np.int64)
    for place, ways in enumerate(config.rules().values(), start=1):
        step[_any_way(ways, data)] = place
    names = np.array([None, *config.rules()], dtype=object)
    return {"stage": names[step], "step": np.where(step > 0, step, np.nan)}


def _any_way(ways: tuple[tuple[Rule, ...], ...], data: ModelData) -> Bools:
    held = np.zeros(len(data), dtype=np.bool_)
    for way in ways:
        together = np.ones(len(data), dtype=np.bool_)
        for rule in way:
            together &= _holds(rule, data)
        held |= together
    return held


def _holds(rule: Rule, data: ModelData) -> Bools:
    values = data.traits[rule.trait] if rule.trait is not None else _count(rule, data)
    least = 1.0 if rule.trait is None and rule.at_least is None else rule.at_least
    if rule.at_least is None and rule.at_most is not None:
        least = None  # at most so many is also none at all
    held = ~np.isnan(values)
    if least is not None:
        held &= values >= least
    if rule.at_most is not None:
        held &= values <= rule.at_most
    return np.asarray(held)


def _count(rule: Rule, data: ModelData) -> NDArray[np.float64]:
    events = data.events[str(rule.event)]
    if rule.within is not None:
        start = micros(rule.within.before(instant(data.now), data.zone))
        events = events.between(start, data.now)
    return np.bincount(events.customer, events.times, len(data)).astype(np.float64)
