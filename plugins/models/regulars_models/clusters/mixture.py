"""Groups as a mixture of normal distributions, their number by the Bayesian information criterion.

Dempster, Laird and Rubin, *Journal of the Royal Statistical Society B* 39 (1977), 1-38; Fraley and
Raftery, *Journal of the American Statistical Association* 97 (2002), 611-631: with variances of
each group's own, trait by trait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.vq import kmeans2

from .common import Groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS = 300
CLOSE = 1e-7  # of a mean log-likelihood, where the search ends
NARROWEST = 1e-3  # a variance: a group is no single value
THINNEST = 1e-6  # a weight


def by_mixture(points: Floats, most: int, random: np.random.Generator) -> Groups | str:
    """The number of groups up to ``most`` with the lowest criterion; a sentence if that is one."""
    found = {k: _fitted(points, k, random) for k in range(1, most + 1)}
    criteria = {k: _criterion(points, groups) for k, groups in found.items()}
    best = min(criteria, key=lambda k: criteria[k])
    if best == 1:
        return "The customers fall into no groups by these traits: one cloud describes them best."
    told = {str(k): round(value, 2) for k, value in criteria.items()}
    quality = {"criterion": criteria[best], "criterion by number": told}
    chosen = found[best]
    return Groups(chosen.centres, chosen.variances, chosen.weights, quality)


def _fitted(points: Floats, k: int, random: np.random.Generator) -> Groups:
    groups, last = _started(points, k, random), -np.inf
    for _ in range(STEPS):
        density, chances = groups.chances(points)
        if (mean := float(density.mean())) - last < CLOSE:
            break
        last, groups = mean, _moved(points, chances)
    return groups


def _started(points: Floats, k: int, random: np.random.Generator) -> Groups:
    """From the groups of one k-means."""
    if k == 1:
        return _moved(points, np.ones((len(points), 1)))
    _, number = kmeans2(points, k, minit="++", seed=random, missing="warn")
    return _moved(points, np.eye(k)[number])


def _moved(points: Floats, chances: Floats) -> Groups:
    """The groups of which points are with these probabilities."""
    size = chances.sum(axis=0) + len(points) * THINNEST
    centres = (chances.T @ points) / size[:, None]
    variances = np.stack(
        [
            (chances[:, place, None] * (points - centre) ** 2).sum(axis=0) / size[place]
            for place, centre in enumerate(centres)
        ]
    )
    return Groups(centres, np.maximum(variances, NARROWEST), size / size.sum())


def _criterion(points: Floats, groups: Groups) -> float:
    """Schwarz's: minus twice the log-likelihood, and a price for each parameter."""
    k, traits = groups.centres.shape
    density, _ = groups.chances(points)
    return float(-2 * density.sum() + (2 * k * traits + k - 1) * np.log(len(points)))
