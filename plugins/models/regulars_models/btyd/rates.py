"""What all models share: a rate ~ Gamma(r, alpha) of the events of a customer who stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from .compression import Rows
    from .fitting import Floats


def gamma_rate(rows: Rows, r: float, alpha: float) -> tuple[float, Floats]:
    """The sum of log(Γ(r + x) / Γ(r) · alpha^r · (alpha + T)^-(r + x)); its gradient."""
    x, end = rows.repeats, rows.age
    k = r * rows.with_age + rows.events_by_age  # the sum of r + x, for each T
    log_end = np.log(alpha + end.values)
    value, by_r = _rising(r, x.values, rows.with_repeats)
    value += rows.customers * r * np.log(alpha) - k @ log_end
    by_r += rows.customers * np.log(alpha) - rows.with_age @ log_end
    by_alpha = rows.customers * r / alpha - k @ (1 / (alpha + end.values))
    return float(value), np.array([by_r, by_alpha])


def rate_starts(rows: Rows) -> list[tuple[float, float]]:
    """Values of r and alpha at which the mean number of events is right; alike or not."""
    events, weeks = rows.events_by_age.sum(), rows.with_age @ rows.age.values
    rate = (float(events) + 0.5) / (float(weeks) + 1.0)
    return [(r, r / rate) for r in (0.3, 2.0)]


def _rising(r: float, x: Floats, weight: Floats) -> tuple[float, float]:
    """The weighted sum of log(Γ(r + x) / Γ(r)), and its derivative by r."""
    value = weight @ (special.gammaln(r + x) - special.gammaln(r))
    return float(value), float(weight @ (special.digamma(r + x) - special.digamma(r)))
