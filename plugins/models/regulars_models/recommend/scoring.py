"""Scoring: the list of every customer, some thousands of them at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import instant

from .catalogue import catalogue
from .exploring import explored
from .methods import METHODS
from .picking import at_once, forbid, ranking, top
from .purchases import habits, purchases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import Fitted, ModelData

    from .kind import Recommend


def score(config: Recommend, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    """The items to show to each customer, the first of them, and those that are explored.

    Who bought nothing yet is shown what is wanted most. Nobody has a list where nothing is offered.
    """
    names = fitted.arrays["items"]
    fade, count = fitted.parameters["fade"], len(names)
    shelf = catalogue(config, data.files)
    offered, once = shelf.offered(names.tolist()), shelf.bought_once(names.tolist())
    bought = purchases(data.events[config.event], config.item, names.tolist())
    method, day = METHODS[config.method], instant(data.now).astimezone(data.zone).date()
    step = at_once(count)
    edges = np.searchsorted(bought.customer, np.arange(0, len(data) + step, step))
    shown, new = [np.empty((0, config.show), np.int64)], [np.empty((0, config.show), np.bool_)]
    for block, start in enumerate(range(0, len(data), step)):
        people = data.customers[start : start + step]
        theirs = bought.where(slice(edges[block], edges[block + 1]))
        theirs = replace(theirs, customer=theirs.customer - start)
        own = habits(theirs, len(people), count, fade)
        ranked = ranking(method.drawn(fitted.arrays, own))
        forbid(ranked, own, offered, once)
        key = f"{fitted.parameters['seed']}.{day}"
        picked, other = explored(
            top(ranked, config.show), own, offered, people, config.explore.share, key
        )
        shown.append(picked)
        new.append(other)
    return _named(names.astype(object), np.concatenate(shown), np.concatenate(new))


def _named(
    names: NDArray[Any], shown: NDArray[np.int64], new: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    first = np.full(len(shown), None, dtype=object)
    some = shown[:, 0] >= 0
    first[some] = names[shown[some, 0]]
    return {
        "items": _lists(names, shown, shown >= 0),
        "first": first,
        "explored": _lists(names, shown, new),
    }


def _lists(names: NDArray[Any], shown: NDArray[np.int64], held: NDArray[np.bool_]) -> NDArray[Any]:
    """Of each row the names of what is ``held``, in its order; None where that is nothing."""
    lists = np.full(len(shown), None, dtype=object)
    lengths = held.sum(axis=1)
    for length in range(1, held.shape[1] + 1):
        rows = np.flatnonzero(lengths == length)
        theirs = shown[rows][held[rows]].reshape(-1, length)
        made = np.empty(len(rows), dtype=object)
        made[:] = list(map(tuple, names[theirs].tolist()))
        lists[rows] = made
    return lists
