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

NODES = 96
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


def beta_nodes(a: float, b: Floats, most: float) -> tuple[Floats, Floats]:
    """Values of p ~ Beta(``a``, b) and weights that sum to 1, a row for each of ``b``.

    The weights are good for functions of p that change where p is 1 / ``most`` or more.
    """
    centre, width = np.log(a / b), np.sqrt(1 / a + 1 / b)
    left = NOTHING / a + 9 * width + np.maximum(centre + np.log(max(most, 1.0)), 0.0)
    nodes, steps = stretched(left, NOTHING / b + 9 * width, width, NODES)
    nodes += centre[:, None]
    log_p, log_rest = -np.logaddexp(0, -nodes), -np.logaddexp(0, nodes)
    top = a * np.logaddexp(0, -centre) + b * np.logaddexp(0, centre)
    weights = np.exp(a * log_p + b[:, None] * log_rest + top[:, None]) * steps
    p = np.maximum(special.expit(nodes), TINY)
    return p, weights / weights.sum(axis=1, keepdims=True)
