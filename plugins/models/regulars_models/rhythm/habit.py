"""What is thought of one customer's habit: their own past, shrunk to the shop's rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .learning import shrunk

if TYPE_CHECKING:
    from .learning import Rhythm
    from .past import Floats, Past, Whole


@dataclass(frozen=True)
class Habit:
    """Arrays with a row a customer.

    The logarithm of the next gap in days is ``mean`` plus ``scale`` times Student's t with ``free``
    degrees of freedom. ``weekdays`` from Monday on and ``hours`` are shares of visits.
    """

    mean: Floats
    scale: Floats
    free: Floats
    weekdays: Floats
    hours: Floats

    def rows(self, rows: Whole) -> Habit:
        """The habits of some customers."""
        return Habit(
            self.mean[rows],
            self.scale[rows],
            self.free[rows],
            self.weekdays[rows],
            self.hours[rows],
        )


def habit(rhythm: Rhythm, known: Past) -> Habit:
    """The habit of each customer; without a gap it is the shop's."""
    variance = shrunk(known, rhythm.within, rhythm.weight)
    noise = variance / np.maximum(known.gaps, 1)
    own = np.where(known.gaps > 0, rhythm.between / (rhythm.between + noise), 0.0)
    return Habit(
        rhythm.usual + own * (known.mean - rhythm.usual),
        np.sqrt(variance + own * noise),
        rhythm.weight + np.maximum(known.gaps - 1, 0),
        _blended(known.weekdays, rhythm.weekdays, rhythm.weekdays_count),
        _blended(known.hours, rhythm.hours, rhythm.hours_count),
    )


def _blended(own: Whole, shop: Floats, count: float) -> Floats:
    total = own.sum(axis=1, keepdims=True) + count
    return np.asarray((own + count * shop) / total)
