"""What BG/NBD and MBG/NBD share: after an event a customer may leave, with a chance of their own.

While they stay, events are Poisson with a rate ~ Gamma(r, alpha); the chance p to leave, at each
of n occasions, is Beta(a, b). In BG/NBD the occasions are the repeat events, n = x, so nobody has
left who came once; in MBG/NBD the first event is one as well, n = x + 1. Put that way the formulas
of both are the same. With k = r + x:

    L = B(a, b + n) / B(a, b) · Γ(k) / Γ(r) · alpha^r · (alpha + T)^-k · (1 + odds)
    odds = a / (b + n - 1) · ((alpha + T) / (alpha + t_x))^k, or 0 for n = 0

where ``odds`` are those of having left. The mean number of events in t weeks of who is alive is
the mean of (1 - (1 + p t / (alpha + T))^-k) / p over p ~ Beta(a, b + n). The papers write it with
Gauss's hypergeometric function; its series and the usual routines fail near a = 1 and for large k,
and the mean itself is a sum of positive terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from .compression import column
from .quadrature import beta_nodes
from .rates import gamma_rate, rate_starts
from .waiting import next_event

if TYPE_CHECKING:
    from .compression import History, Rows
    from .fitting import Floats

LEAVING = [(1.0, 3.0), (0.3, 3.0), (3.0, 1.0)]  # values of a and b to begin with
AT_ONCE = 4096  # rows of a quadrature


@dataclass(frozen=True)
class BetaGeometric:
    """See ``Model``; ``first`` is 1 if one may leave after the first event already, else 0."""

    first: int
    names: tuple[str, ...] = ("r", "alpha", "a", "b")

    def starts(self, rows: Rows) -> list[tuple[float, ...]]:
        return [(*rate, *leaving) for rate in rate_starts(rows) for leaving in LEAVING]

    def log_likelihood(self, rows: Rows, parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters
        rate, by_rate = gamma_rate(rows, r, alpha)
        stay, by_chance = self._stayed(rows, a, b)
        left, gradient = self._left(rows, parameters)
        gradient[:2] += by_rate
        gradient[2:] += by_chance
        return rate + stay + left, gradient

    def alive(self, parameters: Floats, history: History) -> Floats:
        r, alpha, a, b = parameters
        log_ratio, _ = self._leaving(history.repeats, a, b)
        waited = np.log((alpha + history.age) / (alpha + history.recency))
        return np.asarray(special.expit(-log_ratio - (r + history.repeats) * waited))

    def events_if_alive(
        self, parameters: Floats, repeats: Floats, age: Floats, horizon: float
    ) -> Floats:
        r, alpha, a, b = parameters
        k, share = r + repeats, horizon / (alpha + age)
        x = column(repeats)
        most = (r + x.values) * horizon / alpha  # of any age, so that nobody's hangs on others
        p, weight = beta_nodes(a, b + x.values + self.first, most)
        mean = np.empty(len(k))
        for start in range(0, len(k), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            chance = p[x.code[some]]
            power = -k[some, None] * np.log1p(chance * share[some, None])
            mean[some] = (-np.expm1(power) / chance * weight[x.code[some]]).sum(axis=1)
        return mean

    def next_event_by(self, parameters: Floats, history: History, chance: float) -> Floats:
        alive = self.alive(parameters, history)
        r, alpha = parameters[:2]
        return next_event(r + history.repeats, alpha + history.age, alive, chance)

    def _leaving(self, repeats: Floats, a: float, b: float) -> tuple[Floats, Floats]:
        """The logarithm of a / (b + n - 1), and its derivative by b, for each x."""
        before = repeats + self.first - 1
        possible = before >= 0
        rest = np.where(possible, b + before, 1.0)
        return np.where(possible, np.log(a / rest), -np.inf), np.where(possible, -1 / rest, 0.0)

    def _stayed(self, rows: Rows, a: float, b: float) -> tuple[float, Floats]:
        """The sum of log(B(a, b + n) / B(a, b)), and its gradient by a and b."""
        n, weight = rows.repeats.values + self.first, rows.with_repeats
        value = weight @ (special.betaln(a, b + n) - special.betaln(a, b))
        both = special.digamma(a + b) - special.digamma(a + b + n)
        by_b = weight @ (both + special.digamma(b + n) - special.digamma(b))
        return float(value), np.array([weight @ both, by_b])

    def _left(self, rows: Rows, parameters: Floats) -> tuple[float, Floats]:
        """The sum of log(1 + odds) and its gradient."""
        r, alpha, a, b = parameters
        x, last, end = rows.repeats, rows.recency, rows.age
        log_ratio, by_b = self._leaving(x.values, a, b)
        waited = np.log(alpha + end.values)[end.code]
        waited -= np.log(alpha + last.values)[last.code]
        odds = (r + x.values)[x.code] * waited
        odds += log_ratio[x.code]
        scale = np.maximum(odds, 0.0)
        odds -= scale
        np.exp(odds, out=odds)
        whole = np.exp(-scale) + odds
        gone = rows.count * (odds / whole)
        by_x = x.sums(gone)
        gone_k = gone * (r + x.values)[x.code]
        by_alpha = end.sums(gone_k) @ (1 / (alpha + end.values))
        by_alpha -= last.sums(gone_k) @ (1 / (alpha + last.values))
        gradient = np.array([gone @ waited, by_alpha, by_x.sum() / a, by_x @ by_b])
        return float(rows.count @ (scale + np.log(whole))), gradient
