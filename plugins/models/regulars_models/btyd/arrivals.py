"""When the next event comes from customers of Pareto/NBD who are alive.

By w = log(1 + t / exposure) it comes with the density k e^(-k w) (1 + ratio (e^w - 1))^-s: the
next event of a rate ~ Gamma(k, exposure), if the lifetime lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .compression import Codes
    from .fitting import Floats

PANELS = 32
NODES, WEIGHTS = np.polynomial.legendre.leggauss(5)
TAIL = 25.0  # e to the minus this is the chance of an event after the last panel
AT_ONCE = 1024


@dataclass(frozen=True)
class Arrivals:
    """The probability ``below`` of an event before each of ``edges`` in w, a row for each pair."""

    k: Floats
    s: float
    ratio: Floats
    edges: Floats
    below: Floats

    def by(self, chance: Floats, code: Codes) -> Floats:
        """For the pairs ``code``, t / exposure before which an event comes with ``chance``.

        It is infinite where not even all time suffices.
        """
        panel = self._panel(chance, code)
        low, high = self.edges[code, panel], self.edges[code, panel + 1]
        start, end = self.below[code, panel], self.below[code, panel + 1]
        more = np.clip(chance - start, 0.0, None)
        w = low + (high - low) * np.minimum(more / np.maximum(end - start, 1e-300), 1.0)
        k, ratio = self.k[code], self.ratio[code]
        for _ in range(2):
            missing = more - _mass(k, self.s, ratio, low, w)
            w = np.clip(w + missing / np.maximum(_density(k, self.s, ratio, w), 1e-300), low, high)
        with np.errstate(over="ignore"):
            return np.where(chance < self.below[code, -1], np.expm1(w), np.inf)

    def _panel(self, chance: Floats, code: Codes) -> Codes:
        """In which panel each ``chance`` is reached, by halving."""
        low, high = np.zeros(len(code), np.intp), np.full(len(code), PANELS)
        while (high - low > 1).any():
            middle = (low + high) // 2
            before = self.below[code, middle] <= chance
            low, high = np.where(before, middle, low), np.where(before, high, middle)
        return low


def arrivals(k: Floats, s: float, ratio: Floats) -> Arrivals:
    """For shapes ``k`` and ratios (alpha + T) / (beta + T)."""
    first = 0.1 * np.minimum(np.minimum(1 / ratio, 1 / k), 1.0)
    last = TAIL / (k + s) + np.log1p(1 / ratio)
    grades = np.linspace(0, 1, PANELS)
    edges = first[:, None] * (last / first)[:, None] ** grades
    edges = np.concatenate([np.zeros((len(k), 1)), edges], axis=1)
    below = np.zeros_like(edges)
    for panel in range(PANELS):
        mass = _mass(k, s, ratio, edges[:, panel], edges[:, panel + 1])
        below[:, panel + 1] = below[:, panel] + mass
    return Arrivals(k, s, ratio, edges, below)


def _mass(k: Floats, s: float, ratio: Floats, low: Floats, high: Floats) -> Floats:
    """The probability of an event between ``low`` and ``high``."""
    half = (high - low) / 2
    total = np.zeros_like(half)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        total += weight * _density(k, s, ratio, low + half * (1 + node))
    return half * total


def _density(k: Floats, s: float, ratio: Floats, w: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(k * np.exp(-k * w - s * np.log1p(ratio * np.expm1(w))))
