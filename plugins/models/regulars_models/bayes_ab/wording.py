"""Wording: numbers as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite, log10
from typing import TYPE_CHECKING

from regulars.hooks import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regulars.hooks import GoalKind

LARGE = 10.0  # a lift above it is no longer worth its digits
HUGE = 1_000.0  # one above it says only that hardly anything is known
WINDOWS = {"day": DAY, "hour": 3_600_000_000, "minute": 60_000_000}  # microseconds
SECOND = 1_000_000


@dataclass(frozen=True)
class Unit:
    """What a goal's value is a number of: ``head`` stands over its column.

    A value is written ``times`` as large, ``sign`` after it, and ``apart`` after a difference.
    """

    head: str
    times: float = 1.0
    sign: str = ""
    apart: str = ""

    def writer(self, intervals: Iterable[tuple[float, float]]) -> Callable[[float], str]:
        """What writes values with the digits that the narrowest of their ``intervals`` lets matter.

        Without any interval that is two.
        """
        widths = [self.times * (high - low) for low, high in intervals if low < high]
        digits = min(max(ceil(1.5 - log10(min(widths))), 0), 12) if widths else 2
        return lambda value: f"{self.times * value:,.{digits}f}{self.sign}"

    def between(self, low: float, high: float, write: Callable[[float], str]) -> str:
        """From one value to another."""
        return f"{write(low).removesuffix(self.sign)} to {write(high)}"

    def loss(self, own: float | None, relative: float | None) -> str:
        """What is given away: ``own`` in this unit, and ``relative`` as a share of the value."""
        if own is None:
            return "-"
        said = f"{_rough(self.times * own)}{self.apart}"
        return said if relative is None else f"{said} ({_rough(100 * relative)} %)"


UNITS: dict[GoalKind, Unit] = {
    "conversion": Unit("rate", 100.0, " %", " pp"),
    "count": Unit("in 30 days", 30.0),
    "mean": Unit("mean"),
    "revenue": Unit("each"),
    "time": Unit("days until"),
    "ratio": Unit("ratio"),
}
LOSS = (
    "loss: what choosing it gives away on average (pp: percentage points), and as a share of what "
    "it brings."
)


def percent(share: float) -> str:
    """A share as a percentage: ``4.5 %``."""
    return f"{100 * share:.3g} %"


def chance(p: float) -> str:
    """A probability; never 100 % nor 0 % by rounding alone."""
    if 0.999 < p < 1:  # noqa: PLR2004 (what rounds to it)
        return "> 99.9 %"
    if 0 < p < 0.001:  # noqa: PLR2004
        return "< 0.1 %"
    return percent(p)


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
    """From one lift to another: ``-7.2 to +11.6 %``."""
    if low <= -1 and not isfinite(high):
        return "unknown"
    start, end = lift(low), lift(high)
    return f"{start.removesuffix(' %') if end.endswith(' %') else start} to {end}"


def estimate(middle: float, low: float, high: float) -> str:
    """A lift and from where to where it is: ``+1.8 %, -7.2 to +11.6 %``."""
    return f"{lift(middle)}, {span(low, high)}"


def prior(tau: float) -> str:
    """The prior of lifts with this width."""
    return f"lift prior N(0, {percent(tau)})"


def between(low: float, high: float) -> str:
    """The same after the word between."""
    return f"{lift(low)} and {lift(high)}"


def days(number: float, word: str = "") -> str:
    """About so many days: ``9 days``, or ``9 more days`` with the word ``more``."""
    whole = max(round(number), 1)
    return " ".join(filter(None, (f"{whole:,}", word, "day" if whole == 1 else "days")))


def window(within: int) -> str:
    """A goal's window, of microseconds, in the longest unit that tells it exactly."""
    exact = ((word, size) for word, size in WINDOWS.items() if not within % size)
    word, size = next(exact, ("second", SECOND))
    return f"{within / size:,.0f} {word}{'' if within == size else 's'}"


def _rough(number: float) -> str:
    """Two digits of a number that is about right."""
    return f"{number:,.0f}" if number >= 10 else f"{number:#.2g}"  # noqa: PLR2004
