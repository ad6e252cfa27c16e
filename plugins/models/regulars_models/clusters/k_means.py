"""Groups by k-means, their number by how much nearer points are to their own than to the next.

Lloyd, *IEEE Transactions on Information Theory* 28 (1982), 129-137; seeds by Arthur and
Vassilvitskii, SODA 2007, 1027-1035; silhouettes by Rousseeuw, *Journal of Computational and Applied
Mathematics* 20 (1987), 53-65, here with the distance to centres. What a cloud without groups would
reach is the yardstick, as in Tibshirani, Walther and Hastie, *Journal of the Royal Statistical
Society B* 63 (2001), 411-423.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.vq import kmeans2

from .common import Groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STRUCTURE = 0.05  # of a silhouette above that of a cloud without groups
FEW = 10.0  # over the root of how many points there are: how much more where these are few
CLOUD = 2_000  # points of such a cloud are enough
STARTS = 4
SMALLEST = 0.01  # the share of customers that is a group
TIGHT = 1e-6  # a variance above zero, where all points of a group are one


def by_k_means(points: Floats, most: int, random: np.random.Generator) -> Groups | str:
    """The number of groups up to ``most`` that stands out most, or that none does."""
    cloud, numbers = _cloud(points, random), range(2, most + 1)
    tried = {k: _best_of(points, k, random) for k in numbers}
    silhouettes = {k: _silhouette(points, centres) for k, centres in tried.items()}
    without = {k: _silhouette(cloud, _best_of(cloud, k, random)) for k in numbers}
    best = max(numbers, key=lambda k: (silhouettes[k] - without[k], -k))
    if silhouettes[best] - without[best] < STRUCTURE * (1 + FEW / len(points) ** 0.5):
        return (
            f"The customers fall into no groups by these traits: {best} groups have a silhouette "
            f"of {silhouettes[best]:.2f}, and a cloud without groups has {without[best]:.2f}."
        )
    centres = tried[best]
    own = _distances(points, centres).min(axis=1)
    variance = np.maximum((own**2).mean() / points.shape[1], TIGHT)
    told = {str(k): round(value, 4) for k, value in silhouettes.items()}
    return Groups(
        centres,
        np.full_like(centres, variance),
        np.full(best, 1 / best),
        {
            "silhouette": silhouettes[best],
            "silhouette without groups": without[best],
            "silhouette by number": told,
        },
    )


def _cloud(points: Floats, random: np.random.Generator) -> Floats:
    """Points spread evenly over a box that lies as ``points`` do."""
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    turned = (points - middle) @ axes.T
    count = min(len(points), CLOUD)
    even = random.uniform(turned.min(axis=0), turned.max(axis=0), (count, turned.shape[1]))
    return np.asarray(even @ axes + middle)


def _best_of(points: Floats, k: int, random: np.random.Generator) -> Floats:
    """Of some starts the centres that are nearest to their points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a group that ran empty: such a start loses
        tries = [kmeans2(points, k, minit="++", seed=random)[0] for _ in range(STARTS)]
    return min(tries, key=lambda centres: (_distances(points, centres).min(axis=1) ** 2).sum())


def _silhouette(points: Floats, centres: Floats) -> float:
    """The mean of (b - a) / b, a to the own centre, b to the next; -1 if a group has hardly any."""
    distances = _distances(points, centres)
    sizes = np.bincount(distances.argmin(axis=1), minlength=len(centres))
    if sizes.min() < SMALLEST * len(points):
        return -1.0
    nearest = np.partition(distances, 1, axis=1)[:, :2]
    own, other = nearest[:, 0], nearest[:, 1]
    apart = np.divide(other - own, other, out=np.zeros(len(points)), where=other > 0)
    return float(apart.mean())


def _distances(points: Floats, centres: Floats) -> Floats:
    return np.asarray(
        np.sqrt(np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1))
    )
