"""Calibration: whether of those of whom much was expected much came, with what chance can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .intervals import of_outcome, usual_of
from .quality import Bin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from regulars.hooks.predictions import Measure

    Floats = NDArray[np.float64]

BINS = 10
POINTS = 20  # of the curve, beside where it starts
LEAST = 2  # customers of a bin: of one alone there is no interval


def calibration(measure: Measure, expected: Floats, actual: Floats) -> tuple[Bin, ...]:
    """Up to ten bins of about equally many customers, least expected first.

    Customers of whom equally much was expected are in one bin.
    """
    order = np.argsort(expected, kind="stable")
    said, came = expected[order], actual[order]
    usual = usual_of(came)
    found = []
    for low, high in _bounds(said):
        actual = came[low:high]
        interval = of_outcome(measure, actual, usual)
        means = float(said[low:high].mean()), float(actual.mean())
        found.append(Bin(high - low, *means, *interval))
    return tuple(found)


def curve(expected: Floats, actual: Floats) -> tuple[tuple[float, float, float], ...]:
    """Shares of customers, of what was expected of them and of what came, most expected first.

    Customers of whom equally much was expected share what came of them. Empty where all of it is
    nothing, or where some of it is below nothing.
    """
    if min(expected.min(), actual.min()) < 0 or not expected.any() or not actual.any():
        return ()
    values, group, size = np.unique(-expected, return_inverse=True, return_counts=True)
    ends = np.concatenate([[0], np.cumsum(size)])
    came = np.concatenate([[0.0], np.cumsum(np.bincount(group, actual))])
    said = np.concatenate([[0.0], np.cumsum(-values * size)])
    at = np.linspace(0, 1, POINTS + 1)
    parts = (np.interp(at * ends[-1], ends, total) / total[-1] for total in (said, came))
    return tuple(zip(at.tolist(), *(part.tolist() for part in parts), strict=True))


def _bounds(said: Floats) -> Iterator[tuple[int, int]]:
    """Where bins of the ascending ``said`` begin and end."""
    low = 0
    for wanted in np.linspace(0, len(said), BINS + 1)[1:-1].round().astype(int):
        high = int(np.searchsorted(said, said[min(wanted, len(said) - 1)]))
        if high - low >= LEAST and len(said) - high >= LEAST:
            yield low, high
            low = high
    if len(said) - low >= LEAST:
        yield low, len(said)
