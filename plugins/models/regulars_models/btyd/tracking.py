"""How well a model follows what it learned from: repeat events expected so far, and those so far.

Fader, Hardie and Lee, *Marketing Science* 24 (2005), 275-284, draw it for everybody together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator

from .compression import History
from .model import expected_events
from .summary import WEEK

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .fitting import Floats
    from .model import Model
    from .summary import Visits

POINTS = 100
KNOTS = 64  # ages of which the mean is calculated; it is so smooth that the others follow
DIGITS = 4  # of a week and of an event


def tracking(model: Model, parameters: Floats, known: Visits) -> dict[str, list[float]]:
    """The curves of ``expected`` and ``actual`` repeat events of all customers together.

    ``weeks`` counts from when the first of them came, in at most 100 steps until today.
    """
    start = int(known.day.min())
    until = np.unique(np.rint(np.linspace(0, known.today - start, POINTS)).astype(np.int64))
    again = known.times.astype(float)
    again[known.starts] -= 1
    by_day = np.bincount(known.day - start, again, known.today - start + 1)
    ages = (known.today - known.day[known.starts]) / WEEK
    curves = {
        "weeks": until / WEEK,
        "expected": expected_curve(model, parameters, ages, until / WEEK),
        "actual": np.cumsum(by_day)[until],
    }
    return {name: np.round(curve, DIGITS).tolist() for name, curve in curves.items()}


def expected_curve(model: Model, parameters: Floats, ages: ArrayLike, weeks: ArrayLike) -> Floats:
    """The repeat events that are expected of all customers together until each of ``weeks``.

    ``ages`` is how old each customer is now, T; ``weeks`` counts from when the oldest first came.
    Who comes later counts from then on.
    """
    age, count = np.unique(np.asarray(ages, float), return_counts=True)
    if not len(age) or not age[-1]:
        return np.zeros(np.size(weeks))
    since = np.maximum(np.subtract.outer(np.asarray(weeks, float), age[-1] - age), 0.0)
    knots = since.max() * np.linspace(0, 1, KNOTS) ** 2
    new = History(np.zeros(1), np.zeros(1), np.zeros(1))
    means = [float(expected_events(model, parameters, new, knot)[0]) for knot in knots]
    return np.asarray(PchipInterpolator(knots, means)(since) @ count)
