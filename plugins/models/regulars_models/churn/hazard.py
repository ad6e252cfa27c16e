"""Leaving by periods of one horizon: in each with odds that hang on what is known by then.

Allison, *Sociological Methodology* 13 (1982), 61-98; Singer and Willett, *Journal of Educational
Statistics* 18 (1993), 155-195.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from regulars_models.logistic import fit_logistic

from .coefficients import RIDGE, Coefficients
from .design import Design

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .standing import Floats, Mask

PERIODS = 120  # that are looked ahead at most


@dataclass(frozen=True)
class Hazard:
    """The log-odds of leaving within so many days; ``shop`` says what the inputs are."""

    within: float
    shop: bool
    odds: Coefficients

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Hazard:
        """From what ``kept`` gave."""
        return cls(kept["within"], kept["shop"], Coefficients.read(kept))

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {"within": self.within, "shop": self.shop} | self.odds.kept()

    def risk(self, inputs: Floats) -> Floats:
        """The probability of leaving within the next period."""
        return np.asarray(expit(self.odds.of(_columns(inputs, self.within, shop=self.shop))))

    def half(self, inputs: Floats, longest: float) -> Floats:
        """After how many more days half of such subscriptions have ended, all else as it is.

        NaN where that lies after ``longest`` days altogether.
        """
        days, rest = np.full(len(inputs), np.nan), np.full(len(inputs), np.log(0.5))
        open_, since = np.flatnonzero(inputs[:, 0] < longest), inputs[:, 0]
        fixed = self.odds.of(_columns(inputs, self.within, shop=False)) - self._by_time(since)
        for period in range(PERIODS):
            later = since[open_] + period * self.within
            risk = expit(fixed[open_] + self._by_time(later))
            stay = np.log1p(-np.minimum(risk, 1 - 1e-12))
            ends = stay <= rest[open_]
            days[open_[ends]] = self.within * (period + (rest[open_] / stay)[ends])
            rest[open_] -= stay
            open_ = open_[~ends & (later + self.within < longest)]
            if not len(open_):
                break
        return np.where(since + days <= longest, days, np.nan)

    def _by_time(self, since: Floats) -> Floats:
        """What time alone adds to the log-odds of a subscription."""
        columns = np.column_stack(_time(since, self.within))
        low, high = self.odds.design.low[:2], self.odds.design.high[:2]
        slopes = (self.odds.slopes / self.odds.design.divisor)[:2]
        return np.asarray(np.clip(columns, low, high) @ slopes)


@dataclass(frozen=True)
class Estimated:
    """The most likely law, with the ``log_likelihood`` and ``errors`` by coefficient."""

    law: Hazard
    log_likelihood: float
    errors: dict[str, float]


def estimate(
    names: Sequence[str], inputs: Floats, left: Mask, within: float, *, shop: bool
) -> Estimated:
    """From rows of ``inputs``, of which some had ``left`` after ``within`` days.

    Standard errors are from the Fisher information.
    """
    columns = _columns(inputs, within, shop=shop)
    design = Design.of(_names(names, shop=shop), columns)
    rows = np.column_stack([np.ones(len(columns)), design.standard(columns)])
    ridge = np.array([0.0, *[RIDGE] * (rows.shape[1] - 1)])
    found = fit_logistic(rows, left.astype(np.float64), ridge=ridge)
    odds = Coefficients(design, float(found.coefficients[0]), found.coefficients[1:])
    errors = odds.errors(np.asarray(np.linalg.inv(found.curvature), float))
    return Estimated(Hazard(within, shop, odds), found.log_likelihood, errors)


def _names(names: Sequence[str], *, shop: bool) -> list[str]:
    if not shop:
        return [names[0], f"log {names[0]}", *names[1:]]
    return [*(f"log {name}" for name in names[:3]), "log of the usual gap", *names[3:]]


def _columns(inputs: Floats, within: float, *, shop: bool) -> Floats:
    """Time in periods and its logarithm; of a shop logarithms of what is known of the events."""
    if not shop:
        return np.column_stack([*_time(inputs[:, 0], within), inputs[:, 1:]])
    since, events, tenure = inputs[:, :3].T
    gap = (np.maximum(tenure - since, 0.0) + 1) / np.maximum(events, 1.0)
    known = np.log1p(since), np.log(np.maximum(events, 1.0)), np.log1p(tenure), np.log(gap)
    return np.column_stack([*known, inputs[:, 3:]])


def _time(since: Floats, within: float) -> tuple[Floats, Floats]:
    """How long a subscription runs, in days and as the logarithm of periods."""
    return since, np.log1p(since / within)
