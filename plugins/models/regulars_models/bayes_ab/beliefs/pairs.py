"""Two arms against one another, by closed forms where the family has one.

The loss of choosing an arm is what the other is better by on average: E[(B - A)+].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from regulars_models.bayes_ab.numerics import ROOT

from .marginals import Beta, Gamma, Normal
from .quadrature import Comparison, compare, panels

if TYPE_CHECKING:
    from .marginals import Marginal


def compare_pair(first: Marginal, second: Marginal, *, less_is_better: bool = False) -> Comparison:
    """The same as ``quadrature.compare`` of both, faster; without a closed form it is that."""
    more = _closed(first, second)
    if more is None:
        return compare([first, second], less_is_better=less_is_better)
    chance, above, below = more
    p_best = np.array([1 - chance, chance])
    losses = np.array([above, below])
    if less_is_better:
        return Comparison(p_best[::-1], losses[::-1])
    return Comparison(p_best, losses)


def _closed(first: Marginal, second: Marginal) -> tuple[float, float, float] | None:
    """P(second > first), E[(second - first)+] and E[(first - second)+]."""
    if isinstance(first, Beta) and isinstance(second, Beta):
        if first.sd <= second.sd:
            return _betas(first, second)
        chance, above, below = _betas(second, first)
        return 1 - chance, below, above
    if isinstance(first, Gamma) and isinstance(second, Gamma):
        return _gammas(first, second)
    if isinstance(first, Normal) and isinstance(second, Normal):
        return _normals(first, second)
    return None


def _betas(narrow: Beta, wide: Beta) -> tuple[float, float, float]:
    """Closed forms given the narrower share, which is integrated over.

    E[(W - x)+] = (E[W] - x) P(W > x) + x (1 - x) f(x) / (a + b), by I(a + 1, b) = I(a, b) -
    x^a (1 - x)^b / (a B(a, b)): DLMF 8.17.20. Holds for shapes that are no whole numbers, and for
    a billion visitors, where the finite sums of textbooks don't.
    """
    x, weights = panels([narrow.breaks])
    weights = weights * narrow.pdf(x)
    above = 1 - wide.cdf(x)
    more = (wide.mean - x) * above + x * (1 - x) * wide.pdf(x) / (wide.a + wide.b)
    gain = max(float(more @ weights), 0.0)
    return float(above @ weights), gain, max(gain - (wide.mean - narrow.mean), 0.0)


def _gammas(first: Gamma, second: Gamma) -> tuple[float, float, float]:
    """E[(B - A)+] = E[B] P(B' > A) - E[A] P(B > A'), where ' has one event more."""
    one_more_first = Gamma(first.shape + 1, first.exposure)
    one_more_second = Gamma(second.shape + 1, second.exposure)
    above = second.mean * _beats(one_more_second, first)
    above -= first.mean * _beats(second, one_more_first)
    below = first.mean * _beats(one_more_first, second)
    below -= second.mean * _beats(first, one_more_second)
    return _beats(second, first), max(above, 0.0), max(below, 0.0)


def _beats(one: Gamma, other: Gamma) -> float:
    """P(one > other), regularised incomplete beta, because a ratio of gammas is a beta prime.

    It is taken of the smaller of the two shares of exposure, which rounding harms less.
    """
    total = one.exposure + other.exposure
    if one.exposure < other.exposure:
        return float(special.betaincc(one.shape, other.shape, one.exposure / total))
    return float(special.betainc(other.shape, one.shape, other.exposure / total))


def _normals(first: Normal, second: Normal) -> tuple[float, float, float]:
    """The unit normal linear loss: Raiffa and Schlaifer, *Applied Statistical Decision Theory*."""
    apart, sd = second.mean - first.mean, float(np.hypot(first.sd, second.sd))
    z = apart / sd
    peak = sd * float(np.exp(-(z**2) / 2)) / ROOT
    chance = float(special.ndtr(z))
    return chance, peak + apart * chance, peak - apart * float(special.ndtr(-z))
