"""Customer lifetime value: what the events of a horizon are worth today.

Fader, Hardie and Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", *Journal of
Marketing Research* 42 (2005), 415-430: margin times mean spend times discounted expected events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .model import discounted_events

if TYPE_CHECKING:
    from .compression import History
    from .fitting import Floats
    from .model import Model

YEAR = 365.25 / 7  # weeks
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)


def lifetime_value(  # noqa: PLR0913
    model: Model,
    parameters: Floats,
    history: History,
    spend: Floats,
    *,
    horizon: float,
    margin: float = 1.0,
    discount: float = 0.0,
) -> Floats:
    """The value of each customer's events in the next ``horizon`` weeks, in the unit of ``spend``.

    ``spend`` is the mean amount of an event, ``margin`` the share of it that is earned,
    ``discount`` what money is worth less in a year's time: 0.1 is 10 % a year. Each event is
    discounted from the instant it is expected at. Raises ValueError for a horizon of 0 or less,
    or a discount of -1 or less.
    """
    horizons, weights = _discounted(horizon, discount)
    events = discounted_events(model, parameters, history, horizons, weights)
    return np.asarray(margin * spend * events)


def _discounted(horizon: float, discount: float) -> tuple[list[float], list[float]]:
    """Times and weights by which expected events up to then add up to discounted ones.

    The integral of e^(-d t) over E(t) is by parts e^(-d h) E(h) + d times that of e^(-d t) E(t).
    """
    if not 0 < horizon < np.inf:
        raise ValueError(f"the horizon is {horizon} weeks; it must be above 0")
    if not -1 < discount < np.inf:
        raise ValueError(f"the discount is {discount}; it must be above -1")
    rate = float(np.log1p(discount)) / YEAR
    if not rate:
        return [horizon], [1.0]
    times = horizon / 2 * (1 + NODES)
    weights = rate * horizon / 2 * WEIGHTS * np.exp(-rate * times)
    return [*times, horizon], [*weights, float(np.exp(-rate * horizon))]
