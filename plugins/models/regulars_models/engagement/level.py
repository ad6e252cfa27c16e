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
FADED = 4  # half-lives, after which one event of the cheapest kind is no sign of life any more
LOW = 2  # half-lives, after which it makes no middle to go by


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
    active = total >= _left(config, FADED)
    count = int(active.sum())
    if config.middle is None and count < LEAST:
        return _too_few(config, data, count)
    middle = float(np.median(total[active])) if config.middle is None else config.middle
    shares = {name: float(each.sum()) for name, each in points.items()}
    return Fitted(
        {"middle": middle, "typical": {name: _typical(v[active]) for name, v in points.items()}},
        diagnostics={"active customers": count, "warnings": _doubts(config, middle)},
        drivers={name: abs(share) for name, share in shares.items()},
    )


def _left(config: Engagement, half_lives: int) -> float:
    """The points that are left of one event of the cheapest kind."""
    return float(config.points[config.cheapest] * 0.5**half_lives)


def _too_few(config: Engagement, data: ModelData, active: int) -> str:
    """Why there is no middle, in words."""
    did = len(np.unique(np.concatenate([each.customer for each in data.events.values()])))
    events = " or ".join(f"'{name}'" for name in config.points)
    faded = (
        f" The others' events are so long ago that nothing is left of them with a half_life of"
        f" {config.half_life}, or they count less than nothing."
    )
    return (
        f"{active} of {did:,} {'customer' if did == 1 else 'customers'} with {events}"
        f" {'has' if active == 1 else 'have'} points to speak of, and {LEAST} are needed to find"
        f" the middle.{faded if did > active else ''} Wait for more, or write yourself how many"
        " points make 50, as middle."
    )


def _doubts(config: Engagement, middle: float) -> list[str]:
    if config.middle is not None or middle >= _left(config, LOW):
        return []
    one = config.points[config.cheapest]
    said = (
        f"Half of those who are active have {middle:.3g} points or less, and one"
        f" '{config.cheapest}' counts {one:g}: it was long ago for most. So 50 is soon reached;"
        f" write middle: {one:g}, or a longer half_life."
    )
    return [said]


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
