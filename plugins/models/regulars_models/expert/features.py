"""What log-odds are made of: a start, whether each rule holds, and what other traits come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import expit, logit

from regulars_models.soon.encoding import Encoding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .kind import Expert

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """Those of ``config``; ``besides`` is how the traits are read that the data may speak about."""

    config: Expert
    besides: Encoding

    @classmethod
    def of(cls, config: Expert, values: Floats) -> Self:
        """By the rows of ``values``, a column for each of ``config.all_traits()``."""
        return cls(config, Encoding.of(_besides(config, values)))

    def rows(self, values: Floats) -> Floats:
        """A column for each coefficient: 1, then 1 where a rule holds, then traits."""
        every = self.config.all_traits()
        held = [rule.holds(values[:, every.index(rule.trait)]) for rule in self.config.rules]
        besides = self.besides.features(_besides(self.config, values))
        return np.column_stack([np.ones(len(values)), *held, besides])

    def said(self) -> Floats:
        """The coefficients that the rules stand for."""
        times = [rule.times for rule in self.config.rules]
        besides = len(self.besides.names(self.config.traits))
        return np.array([logit(self.config.start.share), *np.log(times), *[0.0] * besides])

    def named(self, coefficients: Floats) -> dict[str, Any]:
        """The coefficients as people write them: a probability, times of the odds, weights."""
        rules = [str(rule) for rule in self.config.rules]
        start, times, weights = np.split(coefficients, [1, 1 + len(rules)])
        return {
            "start": float(expit(start[0])),
            "times": dict(zip(rules, np.exp(times).tolist(), strict=True)),
            "weights": dict(
                zip(self.besides.names(self.config.traits), weights.tolist(), strict=True)
            ),
        }

    def drivers(self, rows: Floats, coefficients: Floats) -> dict[str, float]:
        """By how much each rule and each trait moves log-odds: their standard deviation."""
        if not len(rows):
            return {}
        rules, end = [str(rule) for rule in self.config.rules], 1 + len(self.config.rules)
        moved = (rows[:, 1:end] * coefficients[1:end]).std(axis=0)
        besides = self.besides.moves(self.config.traits, rows[:, end:], coefficients[end:])
        return dict(zip(rules, moved.tolist(), strict=True)) | besides

    def coefficients(self, named: Mapping[str, Any]) -> Floats:
        """What ``named`` wrote."""
        times = [named["times"][str(rule)] for rule in self.config.rules]
        weights = [named["weights"][name] for name in self.besides.names(self.config.traits)]
        return np.array([logit(named["start"]), *np.log(times), *weights])


def _besides(config: Expert, values: Floats) -> Floats:
    every = config.all_traits()
    return values[:, [every.index(trait) for trait in config.traits]]
