"""NBD: customers who never leave; what the others must be better than.

Ehrenberg, "The Pattern of Consumer Purchases", *Applied Statistics* 8 (1959), 26-41. Events are
Poisson with a rate ~ Gamma(r, alpha):

    L = Γ(r + x) / Γ(r) · alpha^r · (alpha + T)^-(r + x)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .rates import gamma_rate, rate_starts
from .waiting import next_event

if TYPE_CHECKING:
    from .compression import History, Rows
    from .fitting import Floats


@dataclass(frozen=True)
class Nbd:
    """See ``Model``."""

    names: tuple[str, ...] = ("r", "alpha")

    def starts(self, rows: Rows) -> list[tuple[float, float]]:
        return rate_starts(rows)

    def log_likelihood(self, rows: Rows, parameters: Floats) -> tuple[float, Floats]:
        r, alpha = parameters
        return gamma_rate(rows, r, alpha)

    def alive(self, parameters: Floats, history: History) -> Floats:  # noqa: ARG002
        return np.ones(len(history))

    def events_if_alive(
        self, parameters: Floats, repeats: Floats, age: Floats, horizon: float
    ) -> Floats:
        r, alpha = parameters
        return np.asarray((r + repeats) / (alpha + age) * horizon)

    def next_event_by(self, parameters: Floats, history: History, chance: float) -> Floats:
        r, alpha = parameters
        return next_event(r + history.repeats, alpha + history.age, 1.0, chance)


NBD = Nbd()
