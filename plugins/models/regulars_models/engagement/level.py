"""Points of events that fade by halves, as a level that a hundred is never quite reached on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import Fitted, Reason, instant, micros

from regulars_models.explaining import shapley

from .kind import FULL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    from .kind import Engagement

    Floats = NDArray[np.float64]

LEAST = 10  # active customers, for a middle of their own
ACTIVE = 1e-9  # points; what is less has faded away


def inputs(config: Engagement, data: ModelData) -> Mapping[str, Floats]:
    """The points of each customer that are left now, by event."""
    now = instant(data.now)
    half = data.now - micros(config.half_life.before(now, data.zone))
    found: dict[str, Floats] = {}
    for name, points in config.points.items():
        events = data.events[name]
        left = np.exp2((events.at - data.now) / half) * events.times
        found[name] = np.bincount(events.customer, points * left, len(data)).astype(np.float64)
    return found


def fit(config: Engagement, data: ModelData, _seed: int) -> Fitted | str:
    """The middle: as declared, or what half of the active customers have."""
    points = inputs(config, data)
    total = sum(points.values(), np.zeros(len(data)))
    active = total > ACTIVE
    count = int(active.sum())
    if config.middle is None and count < LEAST:
        return (
            f"{count} customers have points, and {LEAST} are needed to find the middle; or write "
            "yourself how many points make 50: middle."
        )
    middle = float(np.median(total[active])) if config.middle is None else config.middle
    shares = {name: float(each.sum()) for name, each in points.items()}
    return Fitted(
        {"middle": middle, "typical": {name: _typical(v[active]) for name, v in points.items()}},
        diagnostics={"active customers": count},
        drivers={name: abs(share) for name, share in shares.items()},
    )


def score(config: Engagement, fitted: Fitted, data: ModelData) -> Mapping[str, Floats]:
    """The level of everybody: 0 for those who never did anything."""
    points = np.column_stack(list(inputs(config, data).values()))
    return {"level": _level(points, fitted.parameters["middle"])}


def explain(config: Engagement, fitted: Fitted, data: ModelData) -> Mapping[str, list[Reason]]:
    """What each kind of event adds to the level of one customer."""
    points = {name: float(values[0]) for name, values in inputs(config, data).items()}
    typical, middle = fitted.parameters["typical"], fitted.parameters["middle"]
    by = shapley(
        lambda rows: _level(rows, middle),
        list(points.values()),
        [typical[name] for name in points],
    )
    return {
        "level": [
            Reason(f"{name}: {points[name]:.3g} points", float(share))
            for name, share in zip(points, by, strict=True)
        ]
    }


def _typical(values: Floats) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _level(points: Floats, middle: float) -> Floats:
    """Points by event to a level; the middle makes 50, twice as much 67, less than nothing 0."""
    total = np.maximum(points.sum(axis=1), 0.0)
    return np.asarray(FULL * total / (total + middle))
