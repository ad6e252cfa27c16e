"""Comparing: how well each method would have foreseen what was bought last.

Every method learns from what was bought before; then its first ten items for a customer are held
against what that customer bought after. The measure is NDCG (Järvelin and Kekäläinen 2002) at ten,
with an item bought or not: 1 where all that was bought stands first, 0 where none is among the ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .methods import METHODS, Lessons
from .picking import NEVER, at_once, own_cells, ranking, top
from .purchases import habits, most_wanted_first, ranks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .methods import Method
    from .purchases import Purchases

    Floats = NDArray[np.float64]

DEPTH = 10
TESTED = 5_000  # customers; more of them change little
LEAST = 20  # customers who bought before and after
SURE = 2.0  # standard errors
ABOUT = ("all", "new")


@dataclass(frozen=True)
class Held:
    """Purchases of which those after ``cutoff`` are held back; ``items`` are numbered."""

    bought: Purchases
    cutoff: int
    customers: int
    items: int
    fade: int
    once: NDArray[np.bool_]
    likenesses: NDArray[np.float32] | None
    seed: int


@dataclass(frozen=True)
class Found:
    """What each customer's ten items were worth: NaN for those who bought nothing of the kind."""

    ndcg: Floats
    hit: Floats


def compared(held: Held, chosen: str, hold: str) -> Mapping[str, Any]:
    """NDCG and hit rate at ten by method, of all that was bought and of what was new to customers.

    ``says`` puts them into words: which method was best, and whether the ``chosen`` one loses to
    a simpler one; ``hold`` is the time as the playbook writes it.
    """
    tested = _tested(held)
    if len(tested) < LEAST:
        people = "1 customer" if len(tested) == 1 else f"{len(tested)} customers"
        said = f"Before the last {hold} and in that time {people} bought something"
        return {"says": [f"{said}; methods are compared where {LEAST} did."]}
    found = _found(held, tested)
    numbers: dict[str, Any] = {}
    says: list[str] = []
    for about in ABOUT:
        ndcg = {name: _mean(each[about].ndcg) for name, each in found.items()}
        hits = {name: _mean(each[about].hit) for name, each in found.items()}
        if None not in ndcg.values():
            numbers |= {f"ndcg_{about}": ndcg, f"hit_rate_{about}": hits}
            ndcgs = {name: each[about].ndcg for name, each in found.items()}
            says.append(_verdict(ndcgs, chosen, about, hold))
    return {"customers": len(tested), **numbers, "says": says}


def _tested(held: Held) -> NDArray[np.int64]:
    """Customers who bought before the cut-off and after it, drawn by the seed if they are many."""
    late = held.bought.at > held.cutoff
    both = np.intersect1d(held.bought.customer[~late], held.bought.customer[late])
    if len(both) > TESTED:
        both = np.sort(np.random.default_rng(held.seed).choice(both, TESTED, replace=False))
    return both


def _found(held: Held, tested: NDArray[np.int64]) -> dict[str, dict[str, Found]]:
    """What each method foresaw of the ``tested``, of all and of what was new to them."""
    before, after = held.bought.until(held.cutoff), held.bought.after(held.cutoff)
    order = most_wanted_first(before, held.items, held.cutoff, held.fade)
    numbers, size = ranks(order, held.items), (held.customers, held.items, held.fade)
    own = habits(before.renumbered(numbers), *size)
    came = habits(after.renumbered(numbers), *size)[tested].astype(bool)
    like = None if held.likenesses is None else held.likenesses[order]
    lessons = Lessons(own[np.diff(own.indptr) > 0], like, held.seed)
    return {
        name: _of_method(method, lessons, own[tested], came, held.once[order])
        for name, method in METHODS.items()
        if name != "content" or like is not None
    }


def _of_method(
    method: Method, lessons: Lessons, own: Any, came: Any, once: NDArray[np.bool_]
) -> dict[str, Found]:
    arrays, step = method.learn(lessons), at_once(own.shape[1])
    blocks = [slice(start, start + step) for start in range(0, own.shape[0], step)]
    worth = [
        _block(method.drawn(arrays, own[some]), own[some], came[some], once) for some in blocks
    ]
    return {
        about: Found(*np.concatenate([each[about] for each in worth], axis=1)) for about in ABOUT
    }


def _block(drawn: Any, own: Any, came: Any, once: NDArray[np.bool_]) -> dict[str, Floats]:
    ranked, bought = ranking(drawn), came.toarray()
    whose, what = own_cells(own)
    again = once[what]
    ranked[whose[again], what[again]] = NEVER
    found = {"all": _worth(top(ranked.copy(), DEPTH), bought)}
    ranked[whose, what] = NEVER
    bought[whose, what] = False
    return found | {"new": _worth(top(ranked, DEPTH), bought)}


def _worth(picked: NDArray[np.int64], bought: NDArray[np.bool_]) -> Floats:
    """NDCG and hit of each customer, a row each."""
    gains = 1 / np.log2(np.arange(2, DEPTH + 2))
    hits = np.take_along_axis(bought, np.maximum(picked, 0), axis=1) & (picked >= 0)
    many = np.minimum(bought.sum(axis=1), DEPTH)
    best = np.concatenate([[np.nan], np.cumsum(gains)])[many]
    return np.array([hits @ gains / best, np.where(many > 0, hits.any(axis=1), np.nan)])


def _mean(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) >= LEAST else None


def _verdict(found: Mapping[str, Floats], chosen: str, about: str, hold: str) -> str:
    """Which method was best, and whether a simpler one than the chosen was better."""
    means = {name: float(np.nanmean(values)) for name, values in found.items()}
    best = max(means, key=lambda name: means[name])
    what = "what was bought" if about == "all" else "what customers bought for the first time"
    said = f"Of {what} in the last {hold}, {best} foresaw most (NDCG {means[best]:.3f})"
    if best == chosen:
        return f"{said}; it is the chosen one."
    said += f", the chosen {chosen} {means[chosen]:.3f}"
    simpler = list(found)[: list(found).index(chosen)]
    if beaten := [name for name in simpler if _better(found[name], found[chosen])]:
        worst = min(beaten, key=lambda name: means[name])
        return f"{said}: it loses {'to' if worst == best else 'even to'} {worst}, which is simpler."
    sure = _better(found[best], found[chosen])
    return f"{said}; {'no simpler one beats it' if sure else 'that may be chance'}."


def _better(one: Floats, other: Floats) -> bool:
    """Whether one is better beyond chance, by the differences of the same customers."""
    apart = (one - other)[~np.isnan(one)]
    error = apart.std() / np.sqrt(len(apart))
    return bool(apart.mean() > SURE * error)
