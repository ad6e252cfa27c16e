"""Gamma-Gamma: what a customer spends, who varies around a mean of their own.

Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013); Colombo and Jiang, "A stochastic
RFM model", *Journal of Interactive Marketing* 13 (1999), 2-12. An amount is Gamma(p, v), the rate v
of the customer ~ Gamma(q, gamma). With x repeat events of the mean z:

    L = Γ(p x + q) / (Γ(p x) Γ(q)) · gamma^q z^(p x - 1) x^(p x) / (gamma + x z)^(p x + q)

Spend and the number of events are taken as independent of one another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from .compression import Column, column
from .fitting import Estimate, estimate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

NAMES = ("p", "q", "gamma")


@dataclass(frozen=True)
class Spenders:
    """Customers with repeat events: how many, and their mean amount, which is above 0."""

    repeats: Floats
    spend: Floats

    @property
    def customers(self) -> float:
        return float(len(self.repeats))

    @cached_property
    def x(self) -> Column:
        return column(self.repeats)

    @cached_property
    def total(self) -> Floats:
        return self.repeats * self.spend

    @cached_property
    def log_total(self) -> Floats:
        return np.log(self.total)

    @cached_property
    def log_spend(self) -> float:
        return float(np.log(self.spend).sum())

    def sample(self, customers: int) -> Spenders:
        """Every so manyth, by what they spend."""
        step = len(self.repeats) // customers
        if step <= 1:
            return self
        some = np.argsort(self.spend)[step // 2 :: step]
        return Spenders(self.repeats[some], self.spend[some])


def spenders(repeats: ArrayLike, spend: ArrayLike) -> tuple[Spenders, int]:
    """Those whose spend tells something, and how many repeaters' doesn't: 0, below, unknown."""
    x, mean = np.asarray(repeats, float), np.asarray(spend, float)
    came = x > 0
    told = came & np.isfinite(mean) & (mean > 0)
    return Spenders(x[told], mean[told]), int((came & ~told).sum())


def dependence(data: Spenders) -> float | None:
    """The rank correlation of how often and how much, which the model takes as 0.

    None where there is no such thing, as when all came equally often.
    """
    often, much = _ranks(data.repeats), _ranks(data.spend)
    if not np.ptp(often) or not np.ptp(much):
        return None
    return float(np.corrcoef(np.array([often, much]))[0, 1])


def _ranks(values: Floats) -> Floats:
    """Places in ascending order; equal values share theirs."""
    _, code, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - count / 2)[code])


def fit(data: Spenders) -> Estimate:
    """The maximum-likelihood estimate; ValueError if there is nobody.

    It is looked for with the mean spend as the unit of money, so that any currency will do.
    """
    if not len(data.spend):
        raise ValueError("nobody has a repeat event with an amount above 0")
    unit = float(data.spend.mean())
    starts = [(p, q, (q - 1) / p) for p, q in ((2.0, 3.0), (6.0, 4.0), (1.0, 20.0))]
    found = estimate(NAMES, starts, Spenders(data.repeats, data.spend / unit), log_likelihood)
    back = np.array([1.0, 1.0, unit])
    return replace(
        found,
        parameters=found.parameters * back,
        standard_errors=found.standard_errors * back,
        log_likelihood=found.log_likelihood - data.customers * float(np.log(unit)),
    )


def log_likelihood(data: Spenders, parameters: Floats) -> tuple[float, Floats]:
    """The log-likelihood of all, and its gradient by p, q and gamma."""
    p, q, gamma = parameters
    x, count, total = data.x.values, data.x.sums(np.ones(len(data.spend))), data.total
    rest = np.log1p(total / gamma)
    share = data.x.sums(data.log_total - np.log(gamma) - rest)  # of log(x z / (gamma + x z))
    shape = p * x + q
    value = count @ (special.gammaln(shape) - special.gammaln(p * x) - special.gammaln(q))
    value += p * (x @ share) - q * rest.sum() - data.log_spend
    rise = special.digamma(shape)
    by_p = x @ (count * (rise - special.digamma(p * x)) + share)
    by_q = count @ (rise - special.digamma(q)) - rest.sum()
    by_gamma = len(total) * q / gamma - shape @ data.x.sums(1 / (gamma + total))
    return float(value), np.array([by_p, by_q, by_gamma])


def expected_spend(parameters: Floats, repeats: ArrayLike, spend: ArrayLike) -> Floats:
    """The mean amount of each customer's events: their own, drawn to everybody's.

    Who has no repeat event gets everybody's; a mean ``spend`` below 0 or unknown counts as 0. NaN
    where amounts vary so wildly that there is no mean (p x + q is 1 or below).
    """
    p, q, gamma = parameters
    x = np.asarray(repeats, float)
    own = np.maximum(np.nan_to_num(np.asarray(spend, float)), 0.0)
    shape = p * x + q - 1
    mean = p * (gamma + x * own)
    return np.asarray(np.divide(mean, shape, out=np.full(len(x), np.nan), where=shape > 0))
