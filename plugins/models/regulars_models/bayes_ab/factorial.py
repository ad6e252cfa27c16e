"""Factorial experiments: what each factor does, and whether two of them work on one another.

The log of a cell's mean is a level common to all, plus an effect of each factor's level, plus one
of each pair of levels of two factors; effects add up to zero over a factor's levels (sum-to-zero
contrasts), so a main effect is the average over the other factors' levels, also where the cells
have different sizes: Wu and Hamada, *Experiments*, 3rd edition, chapter 4. Three factors are not
thought to work on one another together.

Every contrast has the lift prior N(0, tau²): two levels of a factor differ by that before there is
data, and so does the difference of two such differences. So an empty cell costs precision, and
what the cells can't tell is answered by the prior, and said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from .effects import SURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .effects import Effects
    from .measures import Floats

TOLD = 0.99  # of the prior's variance: more is left where the data say nothing


@dataclass(frozen=True)
class Contrast:
    """A level of one factor by its first level, or of two factors, each by its first.

    ``mean`` and ``low`` to ``high`` are relative: 0.1 is a tenth more. Of two factors it is by how
    much more the first does where the second is at its level. ``positive`` is the probability of
    being above zero. ``told`` is false where the cells can't tell it and the prior answers.
    """

    factors: tuple[str, ...]
    levels: tuple[str, ...]
    mean: float
    low: float
    high: float
    positive: float
    told: bool


def contrasts(
    effects: Effects, levels: Mapping[str, Sequence[str]], tau: float
) -> tuple[Contrast, ...]:
    """The main effects, then the interactions of two, by the ``levels`` of each arm's factors.

    Factors with one level have no effect, and are left out. Raises ValueError unless ``tau`` is
    positive and finite.
    """
    if not 0 < tau < np.inf:
        raise ValueError(f"the width of the lift prior is {tau}; it must be positive")
    factors = tuple(
        _Factor(name, tuple(dict.fromkeys(those)), tuple(those)) for name, those in levels.items()
    )
    terms = list(_terms([factor for factor in factors if len(factor.levels) > 1], tau))
    if not terms:
        return ()
    centre, covariance = _fit(effects, np.hstack([term.columns for term in terms]))
    found: list[Contrast] = []
    start = 0
    for term in terms:
        place = slice(start, start + term.columns.shape[1])
        found += _read(term, centre[place], covariance[place, place], tau)
        start = place.stop
    return tuple(found)


@dataclass(frozen=True)
class _Factor:
    name: str
    levels: tuple[str, ...]
    of_arms: tuple[str, ...]

    @property
    def coding(self) -> Floats:
        """Levels by contrasts, orthonormal and each adding up to zero (Helmert)."""
        size = len(self.levels)
        helmert = np.tril(np.ones((size, size - 1)), -1) * -1.0
        helmert = np.eye(size, size - 1) * np.arange(size - 1, 0, -1)[None, :] + helmert
        return np.asarray(helmert / np.linalg.norm(helmert, axis=0))

    @property
    def cells(self) -> Floats:
        """Arms by contrasts."""
        return self.coding[[self.levels.index(each) for each in self.of_arms]]


@dataclass(frozen=True)
class _Term:
    """``columns`` (arms by parameters) and ``answers`` (levels by parameters) at unit variance."""

    factors: tuple[str, ...]
    columns: Floats
    answers: tuple[tuple[tuple[str, ...], Floats], ...]


def _terms(factors: Sequence[_Factor], tau: float) -> Iterator[_Term]:
    """Parameters are scaled to N(0, 1): two levels differ by two of them, four cells by four."""
    for factor in factors:
        scale = tau / np.sqrt(2)
        yield _Term(
            (factor.name,),
            factor.cells * scale,
            tuple(((name,), row * scale) for name, row in _differences(factor)),
        )
    for one, other in combinations(factors, 2):
        scale = tau / 2
        columns = np.einsum("ai,aj->aij", one.cells, other.cells).reshape(len(one.cells), -1)
        answers: tuple[tuple[tuple[str, ...], Floats], ...] = tuple(
            ((first, second), np.asarray(np.kron(one_row, other_row) * scale, dtype=float))
            for first, one_row in _differences(one)
            for second, other_row in _differences(other)
        )
        yield _Term((one.name, other.name), columns * scale, answers)


def _differences(factor: _Factor) -> list[tuple[str, Floats]]:
    return list(zip(factor.levels[1:], factor.coding[1:] - factor.coding[0], strict=True))


def _fit(effects: Effects, columns: Floats) -> tuple[Floats, Floats]:
    """The posterior of the parameters, each N(0, 1) before; the common level is flat."""
    weight = np.where(np.isfinite(effects.v), 1 / effects.v, 0.0)
    total = max(float(weight.sum()), np.finfo(float).tiny)
    away = columns - weight @ columns / total
    y = effects.y - weight @ effects.y / total
    precision = (away.T * weight) @ away + np.eye(columns.shape[1])
    covariance = np.asarray(np.linalg.inv(precision), dtype=float)
    return covariance @ (away.T @ (weight * y)), covariance


def _read(term: _Term, centre: Floats, covariance: Floats, tau: float) -> Iterator[Contrast]:
    for names, row in term.answers:
        middle = float(row @ centre)
        sd = float(np.sqrt(row @ covariance @ row))
        low, mean, high = (float(np.expm1(middle + each * sd)) for each in (-SURE, 0, SURE))
        told = sd * sd < TOLD * tau * tau
        yield Contrast(term.factors, names, mean, low, high, float(ndtr(middle / sd)), told)
