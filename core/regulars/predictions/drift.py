"""Drift: whether customers, and what a model says of them, are still as when it learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

from .spread import counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from .spread import Lay, Numbers, Spread

    Floats = NDArray[np.float64]

CHANCE = 1e-4  # that an index is beyond what is allowed for chance, where nothing has changed


@dataclass(frozen=True)
class Drift:
    """A number that drifted, by how much, and ``told`` in words."""

    name: str
    index: float
    told: str


def drifts(then: Spread, now: Numbers, bound: float) -> list[Drift]:
    """The inputs and the scores whose stability index is beyond ``bound``, and not by chance.

    What wasn't there when the model learned is passed over.
    """
    return [
        *_beyond("", then.inputs, now.inputs, bound),
        *_beyond("the score ", then.scores, now.scores, bound),
    ]


def stability(then: Lay, now: Floats) -> float:
    """The population stability index of two counts of customers by part.

    The sum of (p - q) ln(p / q) over the parts, the symmetric divergence of Jeffreys (1946). The
    customs that .1 asks for a look and .25 is another population are of credit scoring: Lewis,
    *An Introduction to Credit Scoring* (1994); Siddiqi, *Credit Risk Scorecards* (2006), 136-138.
    """
    p, q = _shares(then, now)
    return float(((p - q) * np.log(p / q)).sum())


def allowance(then: Lay, now: Floats) -> float:
    """How large the index may get by chance alone, where two samples are of one population.

    It is then (1/n + 1/m) times a chi-square of one degree less than there are parts: Yurdakul,
    *Statistical Properties of Population Stability Index* (Western Michigan University, 2018).
    Most customers are in both samples, which makes chance smaller: this is on the safe side.
    """
    parts = len(_shares(then, now)[0])
    chance = float(chdtri(parts - 1, CHANCE)) if parts > 1 else 0.0
    return chance * (1 / then.customers + 1 / float(now.sum()))


def _beyond(
    kind: str, then: Mapping[str, Lay], now: Mapping[str, Floats], bound: float
) -> Iterator[Drift]:
    for name, values in now.items():
        lay = then.get(name)
        if lay is None or not lay.customers or not len(values):
            continue
        found = counts(values, lay.edges)
        index = stability(lay, found)
        if index > bound + allowance(lay, found):
            yield Drift(name, index, f"{kind}{name} drifted: {_told(lay, values, found, index)}")


def _told(then: Lay, values: Floats, found: Floats, index: float) -> str:
    return f"{_change(then, values, found)} since it learned (stability index {index:.2f})"


def _change(then: Lay, values: Floats, found: Floats) -> str:
    """What changed most: who it is known of, what it usually is, or how many have much the same."""
    first, second = np.array(then.shares), found / found.sum()
    part = int(np.argmax(np.abs(first - second)))
    share = second[part]
    if part == len(found) - 1:
        return f"it was unknown of {then.shares[part]:.0%} of all customers, and is of {share:.0%}"
    known = values[np.isfinite(values)]
    middle = _number(float(np.median(known))) if len(known) else None
    if then.middle is not None and middle is not None and middle != _number(then.middle):
        return f"its median went from {_number(then.middle)} to {middle}"
    return (
        f"{_range(then.edges, part)} had {then.shares[part]:.0%} of all customers, and {share:.0%}"
    )


def _range(edges: tuple[float, ...], part: int) -> str:
    if part == 0:
        return f"up to {_number(edges[0])}" if edges else "known values"
    low = f"above {_number(edges[part - 1])}"
    return low if part == len(edges) else f"{low} and up to {_number(edges[part])}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"  # noqa: PLR2004


def _shares(then: Lay, now: Floats) -> tuple[Floats, Floats]:
    """The shares of then and of now, of the parts that anybody is in.

    To each is added half a customer a part, and these are spread as both together are: so a part
    that was empty is not infinitely far away, and equal shares stay equal.
    """
    before = np.array(then.shares) * then.customers
    both = (before + now) / (then.customers + now.sum())
    some = both > 0
    more = some.sum() / 2
    p = (before + more * both) / (then.customers + more)
    q = (now + more * both) / (now.sum() + more)
    return p[some], q[some]
