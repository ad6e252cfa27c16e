"""Integrals of bells over the whole line, by the trapezoidal rule on stretched nodes.

What is integrated here is an analytic bell in the logarithm or logit of its variable: it falls
exponentially to both sides and its singularities are π away from the axis. There the trapezoidal
rule converges exponentially (Trefethen and Weideman, *SIAM Review* 56 (2014), 385-458), and a
hyperbolic sine takes few nodes far out. Errors are about 1e-10 of the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NODES = 80
HALVINGS = 12
NOTHING = 37.0  # e to the minus this is what is left out
TINY = 1e-200


def stretched(
    left: Floats | float, right: Floats | float, width: Floats | float, count: int
) -> tuple[Floats, Floats]:
    """``count`` nodes from -``left`` to ``right``, and their weights; a row for each, if arrays.

    They are about evenly far from one another within ``width`` of 0 and ever farther beyond it.
    """
    low, high = -np.arcsinh(left / width), np.arcsinh(right / width)
    place = np.linspace(low, high, count, axis=-1)
    scale = np.asarray(width)[..., None]
    return scale * np.sinh(place), scale * np.diff(place[..., :2]) * np.cosh(place)


def beta_nodes(a: float, b: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Values of p ~ Beta(``a``, b) and weights that sum to 1, a row for each of ``b``.

    The weights are good for functions of p that change where p is 1 / ``most`` or more.
    """
    top, knee = np.log(a / b), np.log(max(a, 1.0) / np.maximum(b, 1.0))
    left = _reach(a, b, -1) + knee - top + np.maximum(knee + np.log(np.maximum(most, 1.0)), 0.0)
    width = np.minimum(np.sqrt(1 / a + 1 / b), 1.0)
    nodes, steps = stretched(left, _reach(a, b, 1) + top - knee, width, NODES)
    nodes += knee[:, None]
    steps *= np.exp(-_fallen(a, b[:, None], nodes - top[:, None]))
    p = np.maximum(special.expit(nodes), TINY)
    return p, steps / steps.sum(axis=1, keepdims=True)


def _reach(a: float, b: Floats, side: int) -> Floats:
    """How far from the top there is something, above (``side`` 1) or below it (-1)."""
    low, high = np.zeros_like(b), 9 * np.sqrt(1 / a + 1 / b) + NOTHING / (b if side > 0 else a) + 9
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        something = _fallen(a, b, side * middle) < NOTHING
        low, high = np.where(something, middle, low), np.where(something, high, middle)
    return high


def _fallen(a: float, b: Floats, away: Floats) -> Floats:
    """The logarithm of p^a (1 - p)^b at its top over that at a logit ``away`` from it."""
    both = np.logaddexp(np.log(a) + away, np.log(b)) - np.log(a + b)
    return np.asarray((a + b) * both - a * away)
