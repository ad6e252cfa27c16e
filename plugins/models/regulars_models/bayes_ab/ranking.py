"""Ranking: which of several arms is best, and how good the best is, by integrals alone.

Given a level that they share the logs of the arms' means are independent normals, so probabilities
are integrals over the level (trapezoids, which converge fast for a smooth function times a normal:
Trefethen and Weideman 2014, SIAM Review 56, 385-458) and over one arm's value (piecewise
Gauss-Legendre). Right to 1e-9; no result holds a random draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from .numerics import ROOT, legendre, product_of_others

if TYPE_CHECKING:
    from .measures import Floats

BREAKS = np.array([-8.0, -3.0, 0.0, 3.0, 8.0])
LEVELS, POINTS = 33, 12  # of the level, and in each panel


@dataclass(frozen=True)
class Arms:
    """Logs of means: fixed + share * mu + N(0, own) by arm, with mu ~ N(level, level_variance)."""

    fixed: Floats
    share: Floats
    own: Floats
    level: float
    level_variance: float

    @property
    def centre(self) -> Floats:
        """The mean of each log."""
        return self.fixed + self.share * self.level

    @property
    def variance(self) -> Floats:
        """The variance of each log."""
        return self.own + self.share**2 * self.level_variance


def ranked(arms: Arms, *, smaller: bool) -> tuple[Floats, float]:
    """The probability of each arm to be best, and the expected mean of whichever is."""
    if len(arms.own) == 1:
        return np.ones(1), float(np.exp(arms.centre[0] + arms.variance[0] / 2))
    if len(arms.own) == 2:  # noqa: PLR2004 (a pair has a closed form)
        return pair(arms, smaller=smaller)
    return many(arms, smaller=smaller)


def pair(arms: Arms, *, smaller: bool) -> tuple[Floats, float]:
    """The exchange of one log-normal for another: Margrabe 1978, Journal of Finance 33, 177-186."""
    means = np.exp(arms.centre + arms.variance / 2)
    d = float(arms.centre[1] - arms.centre[0])
    apart = float(arms.own.sum() + (arms.share[1] - arms.share[0]) ** 2 * arms.level_variance)
    first, second = arms.variance
    shared = (first + second - apart) / 2
    sd = np.sqrt(apart)
    sign = -1.0 if smaller else 1.0
    p = float(ndtr(sign * d / sd))
    extreme = means[1] * ndtr(sign * (d + second - shared) / sd)
    extreme += means[0] * ndtr(sign * (first - shared - d) / sd)
    return np.array([1 - p, p]), float(extreme)


def many(arms: Arms, *, smaller: bool) -> tuple[Floats, float]:
    """Integrals over mu and x of f_k times the product of the others' F, by arm k."""
    nodes, weights = _trapezoids()
    sign = -1.0 if smaller else 1.0
    mu = arms.level + np.sqrt(arms.level_variance) * nodes
    at = sign * (arms.fixed[:, None] + arms.share[:, None] * mu)  # arms by levels
    sd = np.sqrt(arms.own)
    x, dx = _panels(at, sd)  # levels by points
    # Beyond 12 nothing counts, and products would be too small to be computed fast.
    z = np.clip((x - at[:, :, None]) / sd[:, None, None], -12, 12)
    below = ndtr(z)
    density = np.exp(-z * z / 2) / (ROOT * sd[:, None, None])
    others = product_of_others(below)
    mass = density * others * dx * weights[:, None]
    top = float(arms.centre.max())
    p_best = mass.sum(axis=(1, 2))
    extreme = float((mass * np.exp(sign * x - top)).sum()) * float(np.exp(top))
    return p_best / p_best.sum(), extreme


def _panels(at: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Points and weights between the sorted breaks of all arms, for each level of mu."""
    nodes, weights = legendre(POINTS)
    breaks = at[:, :, None] + sd[:, None, None] * BREAKS
    edges = np.sort(breaks.transpose(1, 0, 2).reshape(at.shape[1], -1), axis=1)
    half = np.diff(edges, axis=1)[:, :, None] / 2
    x = edges[:, :-1, None] + half * (1 + nodes)
    return x.reshape(len(edges), -1), (half * weights).reshape(len(edges), -1)


@lru_cache
def _trapezoids() -> tuple[Floats, Floats]:
    nodes = np.linspace(-8, 8, LEVELS)
    weights = np.exp(-(nodes**2) / 2)
    return nodes, weights / weights.sum()
