"""What every model of events can do; ``catalogue`` names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from .compression import pairs
from .fitting import Estimate, estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .compression import History, Rows
    from .fitting import Floats


class Model(Protocol):
    """A model of when events come and when they end; times are weeks, arrays by customer.

    ``parameters`` are an array in the order of ``names``, all positive.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    def starts(self, rows: Rows) -> Sequence[Sequence[float]]:
        """Where a search for the parameters may begin."""

    def log_likelihood(self, rows: Rows, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood of all customers, and its gradient by the parameters."""

    def alive(self, parameters: Floats, history: History) -> Floats:
        """The probability that events still come from the customer."""

    def events_if_alive(
        self, parameters: Floats, repeats: Floats, age: Floats, horizon: float
    ) -> Floats:
        """The mean number of events in the next ``horizon`` weeks of customers who are alive."""

    def next_event_by(self, parameters: Floats, history: History, chance: float) -> Floats:
        """The weeks from now within which the next event comes with probability ``chance``.

        That the customer may be gone already is taken into account: infinite where the next event
        is never that likely.
        """


def fit(model: Model, rows: Rows) -> Estimate:
    """The maximum-likelihood estimate; ValueError if there is no customer."""
    if not len(rows):
        raise ValueError("there is no customer to learn from")
    return estimate(model.names, model.starts(rows), rows, model.log_likelihood)


def expected_events(model: Model, parameters: Floats, history: History, horizon: float) -> Floats:
    """The mean number of events in the next ``horizon`` weeks, customer by customer."""
    return discounted_events(model, parameters, history, [horizon], [1.0])


def discounted_events(
    model: Model,
    parameters: Floats,
    history: History,
    horizons: Sequence[float],
    weights: Sequence[float],
) -> Floats:
    """The sum of the expected events up to each of ``horizons``, times its weight."""
    each = pairs(history.repeats, history.age)
    total = np.zeros(len(each.time))
    for horizon, weight in zip(horizons, weights, strict=True):
        total += weight * model.events_if_alive(parameters, each.repeats, each.time, horizon)
    return model.alive(parameters, history) * total[each.code]
