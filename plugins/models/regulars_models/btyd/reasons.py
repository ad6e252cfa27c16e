"""What moved a score: how often, how recently, for how long a customer came, and what they spent.

The shares are Shapley values against a typical customer, exact since there are four inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import Reason

from regulars_models.explaining import ago, shapley

from .compression import History
from .known import summary_in
from .scoring import functions
from .settings import Lifetime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import Fitted, ModelData

    from .scoring import Score
    from .settings import Spend
    from .summary import Summary

    Floats = NDArray[np.float64]

NAMES = ("repeats", "recency", "age", "spend")
SAMPLE = 40  # customers whose reasons tell what matters
ROUNDING = 1e-9  # the share of an input that the score doesn't look at
WEEK = 7  # days


def typical_of(summary: Summary) -> Floats:
    """The inputs of a typical customer: the median of each, of spend among those who came back."""
    came = summary.repeats > 0
    spend = float(np.median(summary.spend[came])) if came.any() else 0.0
    silent = np.median(summary.age - summary.recency)
    return np.array([np.median(summary.repeats), silent, np.median(summary.age), spend])


def explain(
    name: str, config: Lifetime | Spend, fitted: Fitted, data: ModelData
) -> Mapping[str, Sequence[Reason]]:
    """The reasons of each score of the one customer in ``data``.

    None of a time that is as good as never, or would be for the typical customer.
    """
    summary = summary_in(config, data)
    if not len(summary):
        return {}
    (row,) = _rows(summary, fitted.arrays["typical"])
    words = _words(config, row)
    found = {}
    for output, score in functions(name, config, fitted, data.now).items():
        shares = _shares(score, row, fitted.arrays["typical"])
        if np.isfinite(shares).all():
            told = zip(words, shares, strict=True)
            found[output] = [Reason(what, float(by)) for what, by in told if by]
    return found


def drivers(
    name: str, config: Lifetime | Spend, fitted: Fitted, summary: Summary
) -> Mapping[str, float]:
    """How much each input moves the expected events, or spend, of customers on average.

    These are shares of the whole, of customers evenly from those of whom least is expected to
    those of whom most is.
    """
    output = "expected_events" if isinstance(config, Lifetime) else "expected_spend"
    score = functions(name, config, fitted, 0)[output]
    order = np.argsort(score(summary.history, summary.spend), kind="stable")
    places = order[np.linspace(0, len(order) - 1, min(SAMPLE, len(order))).astype(np.intp)]
    typical = fitted.arrays["typical"]
    rows = _rows(summary, typical)[places]
    moved = np.mean([np.abs(_shares(score, row, typical)) for row in rows], axis=0)
    whole = float(moved.sum())
    if not 0 < whole < np.inf:
        return {}
    return {key: float(by / whole) for key, by in zip(NAMES, moved, strict=True) if by}


def _rows(summary: Summary, typical: Floats) -> Floats:
    """The inputs of each customer; nobody knows the spend of who never came back."""
    silent = summary.age - summary.recency
    spend = np.where(summary.repeats > 0, summary.spend, typical[-1])
    return np.column_stack([summary.repeats, silent, summary.age, spend])


def _shares(score: Score, row: Floats, typical: Floats) -> Floats:
    def of_rows(rows: Floats) -> Floats:
        """Without a repeat the last event was the first one, whatever ``silent`` says."""
        repeats, silent, age, spend = rows.T
        last = np.where(repeats > 0, np.maximum(age - silent, 0.0), 0.0)
        return score(History(repeats, last, age), spend)

    with np.errstate(invalid="ignore"):
        shares = shapley(of_rows, row, typical)
    return np.where(np.abs(shares) <= ROUNDING * np.abs(shares).sum(), 0.0, shares)


def _words(config: Lifetime | Spend, row: Floats) -> list[str]:
    repeats, silent, age, spend = row
    days = "one day" if not repeats else f"{repeats + 1:.0f} days"
    return [
        f"{config.event} on {days}",
        f"last {config.event} {ago(silent * WEEK)}",
        f"first {config.event} {ago(age * WEEK)}",
        f"{config.spent} of {spend:,.2f} each time",
    ]
