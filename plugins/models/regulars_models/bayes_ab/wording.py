"""Wording: numbers as people read them."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.hooks import Goal

LARGE = 10.0  # a lift above it is no longer worth its digits
HUGE = 1_000.0  # one above it says only that hardly anything is known
WINDOWS = {"day": 86_400_000_000, "hour": 3_600_000_000, "minute": 60_000_000}  # microseconds
SECOND = 1_000_000


def chance(p: float) -> str:
    """A probability; never 100 % nor 0 % by rounding alone."""
    if 0.999 < p < 1:  # noqa: PLR2004 (what rounds to it)
        return "> 99.9 %"
    if 0 < p < 0.001:  # noqa: PLR2004
        return "< 0.1 %"
    return f"{100 * p:.3g} %"


def lift(share: float) -> str:
    """A relative lift with its sign: ``+12.3 %``."""
    if not isfinite(share):
        return "unknown"
    if share > HUGE:
        return f"over x {HUGE:,.0f}"
    if share > LARGE:
        return f"x {1 + share:,.0f}"
    return f"{100 * share:+.1f} %"


def span(low: float, high: float) -> str:
    """From one lift to another."""
    if low <= -1 and not isfinite(high):
        return "unknown"
    return f"{lift(low)} to {lift(high)}"


def between(low: float, high: float) -> str:
    """The same after the word between."""
    return f"{lift(low)} and {lift(high)}"


def value(goal: Goal, number: float) -> str:
    """What an arm brings, in the goal's own unit: a rate, events in 30 days, money, days."""
    match goal.kind:
        case "conversion":
            return f"{100 * number:.2f} %"
        case "count":
            return f"{30 * number:.3g}"
        case "time":
            return f"{number:,.1f}"
    return f"{number:,.2f}" if abs(number) >= 1 else f"{number:.3g}"


def unit(goal: Goal) -> str:
    """What ``value`` is a number of, as the head of a column."""
    return {
        "conversion": "rate",
        "count": "in 30 days",
        "mean": "mean",
        "revenue": "each",
        "time": "days until",
        "ratio": "ratio",
    }[goal.kind]


def days(number: float, word: str = "") -> str:
    """About so many days: ``9 days``, or ``9 more days`` with the word ``more``."""
    whole = max(round(number), 1)
    return " ".join(filter(None, (f"{whole:,}", word, "day" if whole == 1 else "days")))


def window(within: int) -> str:
    """A goal's window, of microseconds, in the longest unit that tells it exactly."""
    exact = ((word, size) for word, size in WINDOWS.items() if not within % size)
    word, size = next(exact, ("second", SECOND))
    return f"{within / size:,.0f} {word}{'' if within == size else 's'}"
