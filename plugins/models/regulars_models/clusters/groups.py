"""Groups learned from traits, and the group of each customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import Fitted

from .common import Groups, Scale
from .k_means import by_k_means
from .mixture import by_mixture
from .naming import names_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    from .kind import Clusters

    Floats = NDArray[np.float64]

LEAST = 50  # customers
DIGITS = 6  # of standard deviations in which points differ
SAMPLE = 10_000  # customers are enough to learn groups from


def fit(config: Clusters, data: ModelData, seed: int) -> Fitted | str:
    """The centres of groups, how wide they are, and what they are called."""
    values = _columns(config, data)
    values = values[~np.isnan(values).all(axis=1)]
    if len(values) < LEAST:
        people = "1 customer has" if len(values) == 1 else f"{len(values)} customers have"
        return f"So far {people} any of the traits; {LEAST} are needed to look for groups."
    random = np.random.default_rng(seed)
    if len(values) > SAMPLE:
        values = values[np.sort(random.choice(len(values), SAMPLE, replace=False))]
    scale = Scale.of(values)
    points = scale.applied(values)
    most = min(config.most, len(np.unique(points.round(DIGITS), axis=0)))
    if most == 1:
        return "By these traits all customers are alike."
    found = (by_k_means if config.method == "k-means" else by_mixture)(points, most, random)
    if isinstance(found, str):
        return found
    found = found.by_size(points)
    spread = (found.centres.max(axis=0) - found.centres.min(axis=0)).tolist()
    return Fitted(
        {"names": names_of(config.traits, found.centres), "method": config.method},
        {**found.arrays(), **scale.arrays()},
        {"customers": len(points), "groups": len(found.centres)},
        found.quality,
        dict(zip(config.traits, spread, strict=True)),
    )


def score(config: Clusters, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    """Each customer's group; none of whom no trait is known."""
    values, groups = _columns(config, data), Groups.from_arrays(fitted.arrays)
    known = ~np.isnan(values).all(axis=1)
    number, clear = groups.nearest(Scale.from_arrays(fitted.arrays).applied(values))
    names = np.array([None, *fitted.parameters["names"]], dtype=object)
    return {
        "cluster": names[np.where(known, number, 0)],
        "number": np.where(known, number, np.nan),
        "clear": np.where(known, clear, np.nan),
    }


def _columns(config: Clusters, data: ModelData) -> Floats:
    return np.column_stack([data.traits[name] for name in config.traits])
