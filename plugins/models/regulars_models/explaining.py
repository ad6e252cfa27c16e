"""What moved a score: shares of its difference from a typical customer's score.

Shapley, *A value for n-person games*, Contributions to the Theory of Games II (1953), 307-317; of
predictions: Štrumbelj and Kononenko, *Knowledge and Information Systems* 41 (2014), 647-665, and
Lundberg and Lee, *A unified approach to interpreting model predictions*, NIPS 2017.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Function = Callable[[Floats], Floats]

MOST = 12  # inputs whose subsets are all tried
ORDERS = 200  # in which more inputs are put in, each of them forwards and backwards


def shapley(function: Function, row: ArrayLike, typical: ArrayLike) -> Floats:
    """How much each input adds to ``function`` of ``row`` against that of ``typical``.

    ``function`` takes rows of inputs, also mixed ones with some from either, and gives a number for
    each; NaN is an input like any other. The shares add up to the difference, in the function's
    own unit. They are exact where up to 12 inputs differ; of more they are a mean over 400 orders,
    always the same ones.
    """
    own, usual = np.asarray(row, np.float64), np.asarray(typical, np.float64)
    places = np.flatnonzero(~((own == usual) | (np.isnan(own) & np.isnan(usual))))
    shares = np.zeros(len(own))
    if not len(places):
        return shares

    def with_own(chosen: NDArray[np.bool_]) -> Floats:
        """The function where the inputs at ``places`` are the row's own if they are chosen."""
        rows = np.tile(usual, (len(chosen), 1))
        rows[:, places] = np.where(chosen, own[places], usual[places])
        return np.asarray(function(rows), np.float64)

    found = _enumerated if len(places) <= MOST else _sampled
    shares[places] = found(with_own, len(places))
    return shares


def _enumerated(value: Callable[[NDArray[np.bool_]], Floats], inputs: int) -> Floats:
    """By all subsets: an input counts by what it adds, averaged over the sizes of these."""
    chosen = (np.arange(2**inputs)[:, None] >> np.arange(inputs)) & 1 == 1
    size = chosen.sum(axis=1)
    worth = value(chosen)
    weight = np.array([1 / (inputs * comb(inputs - 1, before)) for before in range(inputs)])
    given = worth * weight[np.maximum(size - 1, 0)]
    kept = worth * weight[np.minimum(size, inputs - 1)]
    return np.asarray(np.where(chosen, given[:, None], -kept[:, None]).sum(axis=0))


def _sampled(value: Callable[[NDArray[np.bool_]], Floats], inputs: int) -> Floats:
    """By orders of the inputs; an order and its reverse err in opposite ways."""
    random = np.random.default_rng(0)
    orders = random.permuted(np.tile(np.arange(inputs), (ORDERS, 1)), axis=1)
    place = np.argsort(np.concatenate([orders, orders[:, ::-1]]), axis=1)
    chosen = place[:, None, :] < np.arange(inputs + 1)[None, :, None]
    worth = value(chosen.reshape(-1, inputs)).reshape(len(place), inputs + 1)
    return np.asarray(np.take_along_axis(np.diff(worth, axis=1), place, axis=1).mean(axis=0))


def reasons_of(
    function: Function, inputs: Sequence[str], row: Floats, typical: Floats
) -> list[Reason]:
    """Which of ``inputs`` moved ``function`` of ``row`` and by how much; see ``shapley``.

    None where the function doesn't tell of some of the mixtures.
    """
    shares = shapley(function, row, typical)
    if not np.isfinite(shares).all():
        return []
    return [Reason(what, by) for what, by in zip(inputs, shares.tolist(), strict=True) if by]


def ago(days: float) -> str:
    """How long ago something was, such as ``yesterday`` or ``12 days ago``."""
    whole = round(days)
    return {0: "today", 1: "yesterday"}.get(whole, f"{whole:,} days ago")
