"""The lift prior N(0, tau²): how large the effects of experiments usually are.

Its width is learned from the finished experiments of a client by empirical Bayes: the tau that
makes their results most likely (Efron and Morris 1973, JASA 68, 117-130; for online experiments
Deng 2015, WWW), held by a weak prior of its own so that a few experiments move it little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .measures import Floats

TAU = 0.05  # before there are experiments to learn from: most changes move little
HELD = 0.25  # standard deviation of log tau around that; as firm as eight exact experiments
GRID = np.exp(np.linspace(np.log(0.002), np.log(1.0), 2000))


def learn(lifts: Iterable[tuple[float, float]]) -> float:
    """The width of the lift prior after these experiments: each a log ratio and its variance.

    An experiment counts once: with several arms give one of them, chosen by its place and not by
    its result. The largest lift counts as the second largest, so no single experiment can widen
    the prior. Those with an infinite variance teach nothing.
    """
    pairs = np.array([pair for pair in lifts if np.isfinite(pair).all() and pair[1] >= 0])
    if not len(pairs):
        return TAU
    return float(GRID[np.argmax(_likelihood(pairs[:, 0], pairs[:, 1]) + _held())])


def _likelihood(y: Floats, v: Floats) -> Floats:
    """The log marginal likelihood at each tau of the grid."""
    variance = GRID[:, None] ** 2 + v
    z = np.sort(y**2 / variance, axis=1)
    z[:, -1] = np.minimum(z[:, -1], z[:, -2] if len(y) > 1 else 1.0)
    likelihood: Floats = -0.5 * (np.log(variance).sum(axis=1) + z.sum(axis=1))
    return likelihood


def _held() -> Floats:
    return -0.5 * (np.log(GRID / TAU) / HELD) ** 2
