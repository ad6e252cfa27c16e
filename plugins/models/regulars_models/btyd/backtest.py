"""How right a model was about weeks it had not seen, beside what anybody could have said.

The baseline to beat is recency alone: who was here last comes back first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from .compression import History
from .model import expected_events

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .fitting import Floats
    from .model import Model

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Customers of whom about as much was expected, and the mean of their events."""

    customers: int
    expected: float
    actual: float


@dataclass(frozen=True)
class Backtest:
    """What was ``expected`` of all customers and what they did, in events.

    ``auc`` is the chance that of one who came and one who didn't, more was expected of the first;
    ``recency_auc`` is that of recency alone. NaN where all came or none. ``bins`` go from the
    customers of whom least was expected to those of whom most was.
    """

    expected: float
    actual: float
    auc: float
    recency_auc: float
    bins: tuple[Bin, ...]


def backtest(
    model: Model, parameters: Floats, history: History, later: ArrayLike, horizon: float
) -> Backtest:
    """What ``parameters`` said of the ``horizon`` weeks after ``history``, and what came ``later``.

    ``later`` is the number of events of each customer in these weeks.
    """
    events = np.asarray(later, float)
    expected = expected_events(model, parameters, history, horizon)
    came = events > 0
    return Backtest(
        float(expected.sum()),
        float(events.sum()),
        area(expected, came),
        area(history.recency - history.age, came),
        tuple(_bins(expected, events)),
    )


def area(score: ArrayLike, came: ArrayLike) -> float:
    """The area under the ROC curve of ``score``; ties count half, NaN if all came or none.

    Hanley and McNeil, *Radiology* 143 (1982), 29-36.
    """
    yes = np.asarray(came, bool)
    n, others = int(yes.sum()), int((~yes).sum())
    if not n or not others:
        return np.nan
    return float((rankdata(score)[yes].sum() - n * (n + 1) / 2) / n / others)


def expected_curve(model: Model, parameters: Floats, ages: ArrayLike, weeks: ArrayLike) -> Floats:
    """The repeat events that are expected of all customers together until each of ``weeks``.

    ``ages`` is how old each customer is now, T; ``weeks`` counts from when the oldest first came.
    Who comes later counts from then on.
    """
    age, count = np.unique(np.asarray(ages, float), return_counts=True)
    if not len(age):
        return np.zeros(np.size(weeks))
    since = np.subtract.outer(np.asarray(weeks, float), age[-1] - age)
    spans, place = np.unique(np.maximum(since, 0.0), return_inverse=True)
    new = History(np.zeros(1), np.zeros(1), np.zeros(1))
    each = [float(expected_events(model, parameters, new, span)[0]) for span in spans]
    return np.asarray(np.array(each)[place].reshape(since.shape) @ count)


def _bins(expected: Floats, actual: Floats) -> list[Bin]:
    parts = np.array_split(np.argsort(expected, kind="stable"), BINS)
    return [
        Bin(len(part), float(expected[part].mean()), float(actual[part].mean()))
        for part in parts
        if len(part)
    ]
