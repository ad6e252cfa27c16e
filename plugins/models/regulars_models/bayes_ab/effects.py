"""Effects: the logarithm of each arm's mean and how well it is known, from sufficient statistics.

A difference of two logarithms is a relative lift, so one model of lifts serves every kind of goal.
Half an event is added to each count, so that zeros have a logarithm: for conversions this is
the log relative risk of Walter (1975), Biometrika 62, 371-374, whose bias and coverage hold down to
a few conversions (Pettigrew, Gart and Thomas 1986, Biometrika 73, 425-435).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from .measures import Conversions, Counts, Means, Ratios, Revenue, Statistics, Times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from .measures import Floats

BORROWED = 4.0  # degrees of freedom that an arm's spread takes from that of all arms
SAME = 1e-12  # a squared variation below it is but the rounding of equal amounts
SUPPOSED = 10.0  # events that vary as Poisson's do, before any are seen
SURE = 1.959963984540054  # standard deviations to both sides of a normal's middle hold 95 %


@dataclass(frozen=True)
class Effects:
    """Arms by name, the control first: ``y`` the log of the mean, ``v`` the variance of that.

    An arm that says nothing (nobody was exposed, or its mean has no logarithm) has ``y`` 0 and
    ``v`` infinite.
    """

    names: tuple[str, ...]
    y: Floats
    v: Floats

    def __len__(self) -> int:
        return len(self.names)

    def against(self, arm: int) -> tuple[float, float]:
        """The log ratio of an arm and the control, and its variance."""
        return float(self.y[arm] - self.y[0]), float(self.v[arm] + self.v[0])


def conversion(names: Sequence[str], x: ArrayLike, n: ArrayLike) -> Effects:
    """``x`` of ``n`` units did it.

    Where all of them did, half of one counts as if it had not, else the variance would be zero.
    """
    x, n = _floats(x), _floats(n)
    x = np.minimum(x, np.maximum(n - 0.5, 0))
    y = np.log((x + 0.5) / (n + 0.5))
    return _effects(names, y, 1 / (x + 0.5) - 1 / (n + 0.5), n > 0)


def count(
    names: Sequence[str], events: ArrayLike, exposure: ArrayLike, dispersion: float = 1.0
) -> Effects:
    """``events`` over ``exposure``, the time that the units were watched (or how many they were).

    ``dispersion`` is by how much the events of a unit vary more than Poisson's (quasi-Poisson,
    McCullagh and Nelder 1989, chapter 6.2).
    """
    events, exposure = _floats(events), _floats(exposure)
    with np.errstate(divide="ignore"):
        y = np.log(events + 0.5) - np.log(exposure)
    return _effects(names, y, dispersion / (events + 0.5), exposure > 0)


def time(
    names: Sequence[str], events: ArrayLike, at_risk: ArrayLike, dispersion: float = 1.0
) -> Effects:
    """The mean time until the first event: ``events`` came in ``at_risk``, watched till then.

    Those to whom it has not happened yet count with the time that they were watched: the estimate
    of an exponential time with censoring (Cox and Oakes 1984, chapter 3). ``dispersion`` is by how
    much it varies more or less than that (Lin and Wei 1989, JASA 84, 1074-1078).
    """
    rate = count(names, events, at_risk, dispersion)
    return Effects(rate.names, -rate.y, rate.v)


def mean(names: Sequence[str], n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Effects:
    """The mean of ``n`` amounts with their standard deviation ``sd`` (of n - 1).

    The delta method on the logarithm, its variance widened as Student's t is wider than the
    normal. Spread relative to the mean is shared a little between arms (a moderated variance,
    Smyth 2004), so that two amounts which happen to be equal are not taken for certainty.
    """
    n, mean, sd = _floats(n), _floats(mean), _floats(sd)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(n > 1, (sd / mean) ** 2, 0.0)
    return _relative(names, n, mean, relative)


def revenue(
    names: Sequence[str], n: ArrayLike, buyers: ArrayLike, total: ArrayLike, squares: ArrayLike
) -> Effects:
    """Revenue of each of ``n`` units: ``buyers`` spent ``total``, squared and summed ``squares``.

    Whether somebody buys and how much are apart, so the variances of both logarithms add up. Half
    a buyer with the mean spend of all arms is added to each, as to conversions. The spread of
    the spend is that of all arms, begun with two purchases that vary like an exponential.
    """
    n, buyers, total, squares = (_floats(each) for each in (n, buyers, total, squares))
    everybody, money = buyers.sum(), total.sum()
    if everybody <= 0 or money <= 0:
        return _unknown(names)
    each = money / everybody
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(buyers > 0, squares - total**2 / buyers, 0.0)
    free = np.maximum(buyers - 1, 0).sum()
    relative = (np.maximum(inside, 0).sum() / each**2 + 2) / (free + 2)
    bought = conversion(names, buyers, n)
    spent = np.maximum(total + 0.5 * each, 0.0)
    with np.errstate(divide="ignore"):
        y = np.log(spent) - np.log(n + 0.5)
    return _effects(names, y, bought.v + relative / (buyers + 0.5), (n > 0) & (spent > 0))


def ratio(names: Sequence[str], sums: Ratios) -> Effects:
    """The sum of one amount by the sum of another, over units that may have several of each.

    The delta method over units, which are what was drawn (Deng, Knoblich and Lu 2018, KDD).
    """
    n, top, bottom = (_floats(each) for each in (sums.n, sums.top, sums.bottom))
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = np.where(bottom > 0, top / bottom, 0.0)
        apart = sums.top_squares - 2 * quotient * sums.cross + quotient**2 * sums.bottom_squares
        relative = np.maximum(apart, 0) / np.maximum(n - 1, 1) / (top / n) ** 2
    return _relative(names, n, quotient, np.where(n > 1, relative, 0.0))


def measured(names: Sequence[str], statistics: Statistics) -> Effects:
    """The effects of whatever kind of goal ``statistics`` are of."""
    match statistics:
        case Conversions(n, x):
            return conversion(names, x, n)
        case Counts(_, events, days, squares, days_squared, cross):
            return count(names, events, days, _spread(events, days, squares, days_squared, cross))
        case Means(_, known, middle, sd):
            return mean(names, known, middle, sd)
        case Revenue(n, buyers, total, squares):
            return revenue(names, n, buyers, total, squares)
        case Times(_, events, days, squares, cross):
            return time(names, events, days, _spread(events, days, events, squares, cross))
        case Ratios():
            return ratio(names, statistics)


def _relative(names: Sequence[str], n: Floats, mean: Floats, relative: Floats) -> Effects:
    """``relative``: the squared coefficient of variation of one unit, by arm."""
    known = (n > 0) & (mean > 0)
    relative = np.where(known & np.isfinite(relative), relative, 0.0)
    free = np.where(known, np.maximum(n - 1, 0), 0.0)
    if free.sum() < 1:
        return _unknown(names)
    shared = (free * relative).sum() / free.sum()
    if shared < SAME:  # as where there is one price: nothing says how much chance there is
        return _unknown(names)
    borrowed = np.minimum(BORROWED, free.sum() - free)
    moderated = (free * relative + borrowed * shared) / np.maximum(free + borrowed, 1)
    wider = (stdtrit(np.maximum(free + borrowed, 1), 0.975) / SURE) ** 2
    safe = np.where(known, mean, 1.0)
    return _effects(names, np.log(safe), moderated * wider / np.maximum(n, 1), known)


def _spread(
    events: ArrayLike,
    days: ArrayLike,
    squares: ArrayLike,
    days_squared: ArrayLike,
    cross: ArrayLike,
) -> float:
    """The variance of a unit's events around what is expected of its days, by Poisson's.

    Of all arms together, begun with ten events that vary as Poisson's do.
    """
    n, t, nn, tt, nt = (_floats(each) for each in (events, days, squares, days_squared, cross))
    rate = n / np.where(t > 0, t, 1.0)
    apart = np.maximum(nn - 2 * rate * nt + rate**2 * tt, 0).sum()
    return float((apart + SUPPOSED) / (n.sum() + SUPPOSED))


def _effects(names: Sequence[str], y: Floats, v: Floats, known: NDArray[np.bool_]) -> Effects:
    return Effects(tuple(names), np.where(known, y, 0.0), np.where(known, v, np.inf))


def _unknown(names: Sequence[str]) -> Effects:
    return Effects(tuple(names), np.zeros(len(names)), np.full(len(names), np.inf))


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
