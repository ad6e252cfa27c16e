"""The integral in Pareto/NBD: s times what (alpha + v)^-k (beta + v)^-(s + 1) is from u on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .quadrature import NOTHING, stretched

if TYPE_CHECKING:
    from .fitting import Floats

NODES = 56
AT_ONCE = 1024  # pairs, so that the nodes stay in the processor's cache
FARTHEST = 600.0  # e to this is still a number
MORE = 3.0  # beyond the knee of a bell that falls faster than exponentially


@dataclass(frozen=True)
class Remainder:
    """Its logarithm for each pair of x and u, and the gradient of that, 4 by pairs."""

    log: Floats
    gradient: Floats


def remainder(parameters: Floats, repeats: Floats, time: Floats) -> Remainder:
    """The remainder from each ``time`` on, with as many ``repeats``; k = r + x."""
    log, gradient = np.empty(len(time)), np.empty((4, len(time)))
    for start in range(0, len(time), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        log[some], gradient[:, some] = _remainder(parameters, repeats[some], time[some])
    return Remainder(log, gradient)


def _remainder(parameters: Floats, repeats: Floats, time: Floats) -> tuple[Floats, Floats]:
    """By v = u + e^(centre + node): alpha + v is (alpha + u) times ``one_early``."""
    r, alpha, s, beta = parameters
    k, early, late = r + repeats, alpha + time, beta + time
    centre = np.log(_top(k, s, early, late))
    right = np.log(np.maximum(early, late)) - centre + NOTHING / (k + s)
    nodes, steps = stretched(NOTHING, float(right.max()) + MORE, 1.0, NODES)
    near = np.minimum(nodes, FARTHEST)
    y, scale = np.exp(near), np.exp(centre)
    one_early = 1 + np.multiply.outer(scale / early, y)
    one_late = 1 + np.multiply.outer(scale / late, y)
    log_early, log_late = np.log(one_early), np.log(one_late)
    if nodes[-1] > FARTHEST:
        log_early, log_late = log_early + (nodes - near), log_late + (nodes - near)
    weights = nodes - k[:, None] * log_early - (s + 1) * log_late
    np.exp(weights, out=weights)
    weights *= steps
    total = weights.sum(axis=1)
    weights /= total[:, None]
    log = np.log(s * total) + centre - k * np.log(early) - (s + 1) * np.log(late)
    by_r = -np.log(early) - _mean(weights, log_early)
    by_s = 1 / s - np.log(late) - _mean(weights, log_late)
    by_alpha = -k / early * _mean(weights, 1 / one_early)
    by_beta = -(s + 1) / late * _mean(weights, 1 / one_late)
    return log, np.array([by_r, by_alpha, by_s, by_beta])


def _top(k: Floats, s: float, early: Floats, late: Floats) -> Floats:
    """Where y (early + y)^-k (late + y)^-(s + 1) is highest."""
    minus = (k - 1) * late + s * early
    root = np.hypot(minus, 2 * np.sqrt((k + s) * early * late))
    far = np.abs(minus) + root
    return np.asarray(np.where(minus > 0, 2 * early * late / far, far / (2 * (k + s))))


def _mean(weights: Floats, values: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", weights, values))
