"""What is known of each customer: the data of a run as the summary that the models learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .summary import summary_of, visits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    from .settings import Lifetime, Spend
    from .summary import Summary, Visits

    Floats = NDArray[np.float64]


def visits_of(config: Lifetime | Spend, data: ModelData) -> Visits:
    """The days on which each customer had the event; a customer is their row in ``data``."""
    events = data.events[config.event]
    amount = events.amounts[config.spent] if config.spent else None
    return visits(events.customer, events.at, amount, data.now, data.zone, events.times)


def summary_in(config: Lifetime | Spend, data: ModelData) -> Summary:
    """The summary of everybody who had the event."""
    return summary_of(visits_of(config, data))


def inputs(config: Lifetime | Spend, data: ModelData) -> Mapping[str, Floats]:
    """Of each customer x, t_x in weeks, and z̄ if there are amounts.

    T is not among them: everybody grows older from day to day, and that is no drift. They are NaN
    where nothing is known: of who never had the event, and z̄ without a repeat.
    """
    known = summary_in(config, data)
    columns = {"repeats": known.repeats, "recency": known.recency}
    if config.spent:
        columns["spend"] = np.where(known.repeats > 0, known.spend, np.nan)
    return {name: spread(values, known, len(data)) for name, values in columns.items()}


def spread(values: Floats, known: Summary, customers: int) -> Floats:
    """``values`` of those who are ``known``, as a row for each of all customers; NaN of others."""
    everybody = np.full(customers, np.nan)
    everybody[known.customer] = values
    return everybody
