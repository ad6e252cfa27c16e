"""Doubts: what the data alone say of the rules, where it is not what people wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from regulars_models.logistic import errors, fit_logistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from regulars_models.soon.past import Past

    from .rules import Rule

    Floats = NDArray[np.float64]

FEWEST = 10  # who came and who didn't, of those whom a rule holds for and of the others
Z = 1.96  # 95 %


@dataclass(frozen=True)
class Doubt:
    """The data say ``times`` of the odds, between ``low`` and ``high`` with 95 %."""

    rule: Rule
    times: float
    low: float
    high: float

    def __str__(self) -> str:
        return (
            f"Of '{self.rule}' you said times {self.rule.times:g}; the data say times "
            f"{self.times:.2g}, between {self.low:.2g} and {self.high:.2g}."
        )


def doubts(rules: Sequence[Rule], held: Floats, past: Past) -> list[Doubt]:
    """Of each rule whose word is outside of what the data say with 95 %.

    ``held`` is 1 where a rule holds for a row of ``past``, a column a rule. All are looked at
    together, so that none is blamed for what another does; those that too few rows tell of are
    taken at their word.
    """
    said = np.log([rule.times for rule in rules])
    told = np.array([_tells(column, past.came) for column in held.T], dtype=np.bool_)
    if not told.any():
        return []
    features = np.column_stack([np.ones(len(past)), held[:, told]])
    offset = held[:, ~told] @ said[~told]
    fitted = fit_logistic(features, past.came, offset=offset)
    residual = past.came - expit(features @ fitted.coefficients + offset)
    spread = errors(fitted, features, residual, past.customer)[1:]
    found = fitted.coefficients[1:]
    bounds = np.exp(np.column_stack([found, found - Z * spread, found + Z * spread])).tolist()
    looked = [rule for rule, each in zip(rules, told, strict=True) if each]
    every = [Doubt(rule, *each) for rule, each in zip(looked, bounds, strict=True)]
    return [doubt for doubt in every if not doubt.low <= doubt.rule.times <= doubt.high]


def _tells(held: Floats, came: Floats) -> bool:
    counts = [held @ came, held @ (1 - came), (1 - held) @ came, (1 - held) @ (1 - came)]
    return bool(min(counts) >= FEWEST)
