"""Any number of arms against one another: chance to be best and expected loss, by quadrature.

P(k is best) = ∫ f_k ∏_{j≠k} F_j and E[max] - E[k] = ∫ F_k (1 - ∏_{j≠k} F_j), by Gauss-Legendre on
the panels between the breaks of all arms. Nothing is drawn at random; errors are about 1e-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars_models.bayes_ab.numerics import legendre, product_of_others

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars_models.bayes_ab.measures import Floats

    from .marginals import Marginal

NODES, WEIGHTS = legendre(10)


@dataclass(frozen=True)
class Comparison:
    """Each arm against all the others.

    ``p_best`` is the chance that its mean is the best, ``losses`` what is lost on average by
    choosing it, in the goal's own unit.
    """

    p_best: Floats
    losses: Floats


def compare(marginals: Sequence[Marginal], *, less_is_better: bool = False) -> Comparison:
    """All arms compared; they are independent of one another.

    Source: the distribution of the largest of independent variables, e.g. David and Nagaraja,
    *Order Statistics*, 3rd edition, section 5.2.
    """
    x, weights = panels([arm.breaks for arm in marginals])
    below = np.array([arm.cdf(x) for arm in marginals])
    better = 1 - below if less_is_better else below  # the chance that x beats an arm
    others = product_of_others(better)
    density = np.array([arm.pdf(x) for arm in marginals])
    return Comparison((density * others) @ weights, (better * (1 - others)) @ weights)


def panels(breaks: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Nodes and weights that integrate over all of ``breaks``."""
    edges = np.unique(np.concatenate(breaks))
    half = np.diff(edges) / 2
    middle = edges[:-1] + half
    return (middle[:, None] + half[:, None] * NODES).ravel(), (half[:, None] * WEIGHTS).ravel()
