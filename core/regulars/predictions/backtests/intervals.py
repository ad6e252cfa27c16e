"""Intervals: what chance alone can do to a share, to a mean, and to the ratio of two shares.

``tail`` is the probability that is left out on either side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regulars.hooks.predictions import Measure

TAIL = 0.025

Interval = tuple[float, float]


def of_outcome(
    measure: Measure, actual: NDArray[np.float64], usual: float, tail: float = TAIL
) -> Interval:
    """The interval of what came of ``measure`` on average, of two customers or more.

    ``usual`` is as ``of_mean`` wants it.
    """
    if measure in {"any", "none"}:
        return of_share(float(actual.mean()), len(actual), tail)
    return of_mean(actual, usual, tail)


def usual_of(actual: NDArray[np.float64]) -> float:
    """What is usual of those with something; 0 where nobody has anything."""
    return float(actual[actual != 0].mean()) if actual.any() else 0.0


def of_share(share: float, count: int, tail: float = TAIL) -> Interval:
    """The score interval of a share of ``count``.

    Wilson, *Journal of the American Statistical Association* 22 (1927), 209-212.
    """
    z = float(ndtri(1 - tail))
    extra = z * z / count
    middle = (share + extra / 2) / (1 + extra)
    half = z / (1 + extra) * float(np.sqrt(share * (1 - share) / count + extra / count / 4))
    return max(0.0, middle - half), min(1.0, middle + half)


def of_mean(values: NDArray[np.float64], usual: float, tail: float = TAIL) -> Interval:
    """Student's interval of the mean of two values or more, not below 0 where they are not.

    Where all are 0 it says nothing of how far they scatter. There it is the largest share of
    customers with something of which none would be seen, with what is ``usual`` elsewhere.
    """
    count = len(values)
    if not values.any():
        return 0.0, float(1 - tail ** (1 / count)) * usual
    mean = float(values.mean())
    half = float(stdtrit(count - 1, 1 - tail) * values.std(ddof=1) / np.sqrt(count))
    return (max(0.0, mean - half) if values.min() >= 0 else mean - half), mean + half


def of_ratio(some: tuple[int, int], others: tuple[int, int], tail: float = TAIL) -> Interval:
    """The interval of the ratio of two shares, each as how many of how many; none may be seen.

    On the logarithm, with half a customer added: Walter, *Biometrika* 62 (1975), 371-374.
    """
    log, variance = 0.0, 0.0
    for sign, (did, count) in ((1, some), (-1, others)):
        log += sign * float(np.log((did + 0.5) / (count + 0.5)))
        variance += 1 / (did + 0.5) - 1 / (count + 0.5)
    half = float(ndtri(1 - tail) * np.sqrt(variance))
    return float(np.exp(log - half)), float(np.exp(log + half))
