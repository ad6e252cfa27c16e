"""Audit: whether a model, and what is built on it, treats groups of customers alike.

Intervals hold for all groups of a table at once with 95 %: the probability that one of them is
wrong is shared out among them (Bonferroni), so that many groups raise no alarm by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from regulars.predictions.backtests.intervals import (
    TAIL,
    of_mean,
    of_outcome,
    of_ratio,
    of_share,
    usual_of,
)

from .groups import LEAST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from regulars.predictions.backtests.quality import Held

    from .groups import Groups

# Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D): a rate below four fifths
# of the highest group's is evidence of adverse impact.
BOUND = 0.8

Verdict = Literal["differs", "alike", "open"]


@dataclass(frozen=True)
class Scored:
    """How one score lies in a group; the mean and the quartiles are of the ``scored``."""

    group: str
    customers: int
    scored: int
    mean: float | None
    quartiles: tuple[float, float, float] | None


@dataclass(frozen=True)
class Selected:
    """How many of a group are in a segment; ``ratio`` is of the rate to the highest group's."""

    group: str
    customers: int
    selected: int
    rate: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


@dataclass(frozen=True)
class Selection:
    """How a ``segment`` that is built on the model treats groups: beside the ``highest``."""

    segment: str
    highest: str | None
    verdict: Verdict
    groups: tuple[Selected, ...]


@dataclass(frozen=True)
class Foretold:
    """What was expected of a group on average, and what came, with the interval of that.

    ``error`` is by how much it was wrong for a customer, on average, with its own interval. None
    where fewer than 20 customers of the group were in the test.
    """

    group: str
    customers: int
    expected: float | None = None
    actual: float | None = None
    low: float | None = None
    high: float | None = None
    error: float | None = None
    error_low: float | None = None
    error_high: float | None = None

    @property
    def off(self) -> bool:
        """Whether more or less came than was expected, beyond chance."""
        if self.expected is None or self.low is None or self.high is None:
            return False
        return not self.low <= self.expected <= self.high


def distribution(scores: NDArray[np.float64], groups: Groups) -> tuple[Scored, ...]:
    """How ``scores``, NaN where there is none, lie in each group."""
    return tuple(_scored(name, scores[rows]) for name, rows in _each(groups))


def selection(segment: str, inside: NDArray[np.bool_], groups: Groups) -> Selection:
    """How ``segment`` treats groups, by who is ``inside``.

    It differs where the ratio of a group's rate to the highest one is below four fifths beyond
    chance; it is alike where none can be; else it is open.
    """
    counts = [(int(inside[rows].sum()), int(rows.sum())) for _, rows in _each(groups)]
    rates = [did / count for did, count in counts]
    best = int(np.argmax(rates))
    pairs = len(list(combinations(counts, 2))) or 1  # which is the highest is seen from the data
    told = tuple(
        _selected(name, mine, None if place == best else counts[best], len(counts), pairs)
        for place, (name, mine) in enumerate(zip(groups.names, counts, strict=True))
    )
    highest = groups.names[best] if rates[best] else None
    return Selection(segment, highest, _verdict(told, highest), told)


def foretold(held: Held, groups: NDArray[np.int64], names: Sequence[str]) -> tuple[Foretold, ...]:
    """What came of what was ``held`` back, by group; ``groups`` are the places of its customers."""
    tail, usual = TAIL / len(names), usual_of(held.actual)
    found = []
    for place, name in enumerate(names):
        rows = groups == place
        expected, actual = held.expected[rows], held.actual[rows]
        if len(actual) < LEAST:
            found.append(Foretold(name, len(actual)))
            continue
        wrong = np.abs(actual - expected)
        came = float(actual.mean()), *of_outcome(held.foreseen.measure, actual, usual, tail)
        error = float(wrong.mean()), *of_mean(wrong, usual, tail)
        found.append(Foretold(name, len(actual), float(expected.mean()), *came, *error))
    return tuple(found)


def _each(groups: Groups) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    for place, name in enumerate(groups.names):
        yield name, groups.of == place


def _scored(name: str, scores: NDArray[np.float64]) -> Scored:
    known = scores[~np.isnan(scores)]
    if len(known) < LEAST:
        return Scored(name, len(scores), len(known), None, None)
    low, middle, high = np.quantile(known, (0.25, 0.5, 0.75)).tolist()
    return Scored(name, len(scores), len(known), float(known.mean()), (low, middle, high))


def _selected(
    name: str, mine: tuple[int, int], best: tuple[int, int] | None, groups: int, pairs: int
) -> Selected:
    did, count = mine
    low, high = of_share(did / count, count, TAIL / groups)
    if best is None or not best[0]:
        return Selected(name, count, did, did / count, low, high, None, None, None)
    ratio = (did / count) / (best[0] / best[1])
    return Selected(
        name, count, did, did / count, low, high, ratio, *of_ratio(mine, best, TAIL / pairs)
    )


def _verdict(told: Sequence[Selected], highest: str | None) -> Verdict:
    ratios = [(each.ratio_low, each.ratio_high) for each in told]
    if any(high is not None and high < BOUND for _, high in ratios):
        return "differs"
    if highest is None or any(low is not None and low < BOUND for low, _ in ratios):
        return "open"
    return "alike"
