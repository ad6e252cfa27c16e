"""From what is known of customers to their scores, by what a model has learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .catalogue import MODELS
from .clv import lifetime_value
from .gamma_gamma import NAMES, expected_spend
from .known import spread, summary_in
from .model import expected_events
from .settings import WEEK, Lifetime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from regulars.hooks import Fitted, ModelData

    from .compression import History
    from .settings import Spend

    Floats = NDArray[np.float64]
    Score = Callable[[History, Floats], Floats]

LONGEST = 100 * 365.25 / 7  # weeks; what is farther away is as good as never


def scores(
    name: str, config: Lifetime | Spend, fitted: Fitted, data: ModelData
) -> Mapping[str, Floats]:
    """Each output for every customer; NaN for who never had the event."""
    known = summary_in(config, data)
    found = functions(name, config, fitted, data.now)
    return {
        output: spread(score(known.history, known.spend), known, len(data))
        for output, score in found.items()
    }


def functions(name: str, config: Lifetime | Spend, fitted: Fitted, now: int) -> Mapping[str, Score]:
    """The outputs as functions of histories and the mean spend of each."""
    found: dict[str, Score] = {}
    if isinstance(config, Lifetime):
        found |= _of_events(name, config, fitted, now)
    if config.spent:
        worth = np.array([fitted.parameters[each] for each in NAMES])
        found["expected_spend"] = lambda past, spend: expected_spend(worth, past.repeats, spend)
    if isinstance(config, Lifetime) and config.spent:
        found["clv"] = _value(name, config, fitted, found["expected_spend"])
    return found


def _of_events(name: str, config: Lifetime, fitted: Fitted, now: int) -> dict[str, Score]:
    model = MODELS[name]
    parameters = np.array([fitted.parameters[each] for each in model.names])

    def next_event_by(past: History, _spend: Floats) -> Floats:
        """Microseconds since 1970; NaN where it is as good as never."""
        wait = model.next_event_by(parameters, past, config.chance.share)
        return np.where(wait <= LONGEST, now + wait * WEEK, np.nan)

    return {
        "alive": lambda past, _spend: model.alive(parameters, past),
        "expected_events": lambda past, _spend: expected_events(
            model, parameters, past, config.weeks
        ),
        "next_event_by": next_event_by,
    }


def _value(name: str, config: Lifetime, fitted: Fitted, spend_of: Score) -> Score:
    model = MODELS[name]
    parameters = np.array([fitted.parameters[each] for each in model.names])

    def value(past: History, spend: Floats) -> Floats:
        return lifetime_value(
            model,
            parameters,
            past,
            spend_of(past, spend),
            horizon=config.weeks,
            margin=config.margin.share,
            discount=config.discount.share,
        )

    return value
