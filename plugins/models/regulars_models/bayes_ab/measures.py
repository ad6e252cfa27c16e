"""What each arm has brought: a trial's events as sums by arm, at any instant.

Every kind of goal is a sum of ``top`` over the units by a sum of ``bottom``: converted by exposed,
events by days, spend by exposed, days by first events. So whatever works on ratios of sums works
on all of them, and what a kind needs of its own is made of the same sums. Counts are whole numbers
in float64; where units have weights, they are what as many units of equal weight would count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regulars.hooks import Happened, Outcome, Trial, Units

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

VALUES = 3  # that a mean and its spread need


@dataclass(frozen=True)
class Conversions:
    """Of ``n`` units ``x`` converted; by arm, as in every class here."""

    n: Floats
    x: Floats


@dataclass(frozen=True)
class Counts:
    """``events`` in ``days`` of watching ``n`` units.

    ``squares`` and ``days_squared`` are sums over the units of the square of each, ``cross`` of
    their product: customers differ more than chance does.
    """

    n: Floats
    events: Floats
    days: Floats
    squares: Floats
    days_squared: Floats
    cross: Floats


@dataclass(frozen=True)
class Means:
    """Of ``n`` units ``known`` have a value; ``mean`` and ``sd`` are of these, 0 without any."""

    n: Floats
    known: Floats
    mean: Floats
    sd: Floats


@dataclass(frozen=True)
class Revenue:
    """Of ``n`` units ``buyers`` spent ``total``; ``squares`` adds up the square of each's spend."""

    n: Floats
    buyers: Floats
    total: Floats
    squares: Floats


@dataclass(frozen=True)
class Times:
    """Of ``n`` units ``events`` had their first event in ``days`` of waiting for it.

    Who has none yet has waited to the end of the window or to the cut-off (censored). ``days`` by
    ``events`` is the mean time until the first event where its rate is constant (exponential).
    It is preferred to the restricted mean (Royston & Parmar 2013), which hardly moves where few
    have the event, as in a shop, and needs a window that everybody has behind them. Where the
    rate is not constant, days by events is still a ratio of sums that compares the arms fairly;
    ``squares`` (of the days) and ``cross`` (the days of those with an event) give its variance
    without the exponential (Lin & Wei 1989).
    """

    n: Floats
    events: Floats
    days: Floats
    squares: Floats
    cross: Floats


@dataclass(frozen=True)
class Ratios:
    """The sums over ``n`` units of a ratio's two sides, their squares and their product."""

    n: Floats
    top: Floats
    bottom: Floats
    top_squares: Floats
    bottom_squares: Floats
    cross: Floats


Statistics = Conversions | Counts | Means | Revenue | Times | Ratios


@dataclass(frozen=True)
class PerUnit:
    """What has been seen of each unit; ``row`` is its place in ``Units``.

    An arm's value is the sum of ``top`` by the sum of ``bottom``. ``seen`` is the part of the
    unit's window that has passed, 0 to 1. ``weight`` is how many units it stands for.
    """

    row: Whole
    arm: Whole
    top: Floats
    bottom: Floats
    seen: Floats
    weight: Floats

    def sums(self, arms: int) -> Ratios:
        """The sums by arm."""

        def add(values: Floats) -> Floats:
            return _added(self.arm, self.weight * values, arms)

        return Ratios(
            _added(self.arm, self.weight, arms),
            add(self.top),
            add(self.bottom),
            add(self.top**2),
            add(self.bottom**2),
            add(self.top * self.bottom),
        )


def per_unit(
    trial: Trial, outcome: Outcome, until: int | None = None, where: Mask | None = None
) -> PerUnit:
    """What each unit that was exposed by ``until`` has brought by then; None is now.

    ``where``, one truth for each row of ``Units``, leaves out the others, as those outside a
    segment. Events count within (exposure, exposure + within].
    """
    units, within = trial.units, outcome.goal.within
    until = trial.now if until is None else until
    kept = units.at <= until if where is None else (units.at <= until) & where
    watched = np.clip(until - units.at, 0, within)
    top, bottom = _sides(outcome, units, until, watched / DAY)
    row = np.flatnonzero(kept)
    return PerUnit(
        row, units.arm[row], top[row], bottom[row], watched[row] / within, np.ones(len(row))
    )


def statistics(outcome: Outcome, seen: PerUnit, arms: int) -> Statistics:
    """The statistics by arm that the goal's kind is made of, of what has been ``seen``."""
    sums = seen.sums(arms)
    match outcome.goal.kind:
        case "conversion":
            return Conversions(sums.n, sums.top)
        case "count":
            return Counts(
                sums.n,
                sums.top,
                sums.bottom,
                sums.top_squares,
                sums.bottom_squares,
                sums.cross,
            )
        case "mean":
            return _means(seen, sums, arms)
        case "revenue":
            buyers = _added(seen.arm, seen.weight * (seen.top != 0), arms)
            return Revenue(sums.n, buyers, sums.top, sums.top_squares)
        case "time":
            return Times(sums.n, sums.bottom, sums.top, sums.top_squares, sums.cross)
        case "ratio":
            return sums


def _sides(outcome: Outcome, units: Units, until: int, days: Floats) -> tuple[Floats, Floats]:
    """The top and the bottom of each unit; ``days`` is how long its window has been open."""
    unit, at, amount = counted(outcome.happened, outcome, units, until)
    events, total = _added(unit, None, len(units)), _added(unit, amount, len(units))
    happened = np.minimum(events, 1.0)
    sides = {
        "conversion": (happened, np.ones(len(units))),
        "count": (events, days),
        "mean": (total / np.maximum(events, 1), happened),
        "revenue": (total, np.ones(len(units))),
        "time": (days, happened),
        "ratio": (total, events),
    }
    top, bottom = sides[outcome.goal.kind]
    if outcome.goal.kind == "time":
        top = _first(unit, at, units, days)
    elif outcome.goal.kind == "ratio" and outcome.against is not None:
        unit, _, amount = counted(outcome.against, outcome, units, until)
        bottom = _added(unit, amount, len(units))
    return top, bottom


def counted(
    happened: Happened, outcome: Outcome, units: Units, until: int
) -> tuple[Whole, Whole, Floats]:
    """Unit, time and amount of what ``happened`` within its unit's window, up to ``until``."""
    since = happened.at - units.at[happened.unit]
    counted = (since > 0) & (since <= outcome.goal.within) & (happened.at <= until)
    return happened.unit[counted], happened.at[counted], happened.amount[counted]


def _first(unit: Whole, at: Whole, units: Units, days: Floats) -> Floats:
    """The days until each unit's first event, or those watched without any."""
    waited = days.copy()
    np.minimum.at(waited, unit, (at - units.at[unit]) / DAY)
    return waited


def _means(seen: PerUnit, sums: Ratios, arms: int) -> Means:
    known = sums.bottom
    mean = sums.top / np.maximum(known, 1)
    # Around the mean, not from the sum of squares: prices may be large beside their spread.
    away = (seen.top - mean[seen.arm]) ** 2 * seen.bottom * seen.weight
    spread = _added(seen.arm, away, arms)
    return Means(sums.n, known, mean, np.sqrt(spread / np.maximum(known - 1, 1)))


def _added(place: Whole, values: Floats | None, size: int) -> Floats:
    """The sum of ``values`` at each place, or how many there are."""
    return np.bincount(place, weights=values, minlength=size).astype(np.float64, copy=False)
