"""Pareto/NBD: customers may leave at any time.

Schmittlein, Morrison and Colombo, "Counting Your Customers: Who Are They and What Will They Do
Next?", *Management Science* 33 (1987), 1-24; Fader and Hardie, "A Note on Deriving the Pareto/NBD
Model and Related Expressions" (2005). Events are Poisson with a rate ~ Gamma(r, alpha), a lifetime
is exponential with a rate ~ Gamma(s, beta). With k = r + x:

    L = Γ(k) / Γ(r) · alpha^r · beta^s · (stayed + s (rest(t_x) - rest(T)))
    stayed = (alpha + T)^-k · (beta + T)^-s
    rest(u) = the integral of (alpha + v)^-k (beta + v)^-(s + 1) over v from u to infinity

``rest`` is what the papers write with Gauss's hypergeometric function. As an integral it needs no
cases, its derivatives are integrals of the same kind, and since s rest(T) ≤ stayed nothing is lost
in the difference. It belongs to pairs of x and one time, of which there are far fewer than
histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from .arrivals import arrivals
from .compression import distinct, pairs
from .rates import gamma_rate, rate_starts
from .remainder import remainder
from .waiting import needed

if TYPE_CHECKING:
    from .compression import History, Pairs, Rows
    from .fitting import Floats

LEAVING = [(1.0, 10.0), (0.3, 3.0), (2.0, 100.0)]  # values of s and beta to begin with


@dataclass(frozen=True)
class ParetoNbd:
    """See ``Model``."""

    names: tuple[str, ...] = ("r", "alpha", "s", "beta")

    def starts(self, rows: Rows) -> list[tuple[float, ...]]:
        return [(*rate, *leaving) for rate in rate_starts(rows) for leaving in LEAVING]

    def log_likelihood(self, rows: Rows, parameters: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = parameters
        age, weight = rows.age.values, rows.with_age
        value, by_rate = gamma_rate(rows, r, alpha)
        lived = weight @ np.log1p(age / beta)
        gone, gradient = _gone(rows, parameters)
        gradient[:2] += by_rate
        gradient[2:] += [-lived, s / beta * (weight @ (age / (beta + age)))]
        return value - s * lived + gone, gradient

    def alive(self, parameters: Floats, history: History) -> Floats:
        return _Ends(parameters, *_pairs(history)).alive

    def events_if_alive(
        self, parameters: Floats, repeats: Floats, age: Floats, horizon: float
    ) -> Floats:
        r, alpha, s, beta = parameters
        lived = np.log1p(horizon / (beta + age))
        rate = (r + repeats) * (beta + age) / (alpha + age)
        return np.asarray(rate * lived * special.exprel((1 - s) * lived))

    def next_event_by(self, parameters: Floats, history: History, chance: float) -> Floats:
        r, alpha, s, beta = parameters
        some, place = distinct(history)
        last, now = _pairs(some)
        wanted = needed(_Ends(parameters, last, now).alive, chance)
        k, exposure, late = r + now.repeats, alpha + now.time, beta + now.time
        waits = arrivals(k, s, exposure / late).by(wanted, now.code)
        return np.asarray((exposure[now.code] * waits)[place])


PARETO_NBD = ParetoNbd()


class _Ends:
    """How the histories of rows may have gone on, all by (alpha + T)^-k (beta + T)^-s."""

    def __init__(self, parameters: Floats, last: Pairs, now: Pairs) -> None:
        r, alpha, s, beta = parameters
        self.since_last = remainder(parameters, last.repeats, last.time)
        self.from_now = remainder(parameters, now.repeats, now.time)
        log_early, log_late = np.log(alpha + now.time), np.log(beta + now.time)
        k = r + now.repeats
        stayed = -k * log_early - s * log_late
        by_time = [log_early, k / (alpha + now.time), log_late, s / (beta + now.time)]
        self.by_stayed = -np.array(by_time)
        later = np.minimum(np.exp(self.from_now.log - stayed), 1.0)
        left = self.since_last.log[last.code] - stayed[now.code]
        scale = np.maximum(left, 0.0)
        left_scaled, unit = np.exp(left - scale), np.exp(-scale)
        whole = (1 - later)[now.code] * unit + left_scaled
        self.log = scale + np.log(whole)
        self.alive: Floats = np.minimum(unit / whole, 1.0)
        self.left = left_scaled / whole
        self.later = later[now.code] * self.alive


def _pairs(history: History) -> tuple[Pairs, Pairs]:
    return pairs(history.repeats, history.recency), pairs(history.repeats, history.age)


def _gone(rows: Rows, parameters: Floats) -> tuple[float, Floats]:
    """What the likelihood gains by customers who may have left, and its gradient."""
    last, now = rows.until_last, rows.until_now
    ends = _Ends(parameters, last, now)
    left, later = last.sums(rows.count * ends.left), now.sums(rows.count * ends.later)
    either = now.sums(rows.count * (ends.left - ends.later))
    gradient = ends.since_last.gradient @ left - ends.from_now.gradient @ later
    gradient -= ends.by_stayed @ either
    return float(rows.count @ ends.log), gradient
