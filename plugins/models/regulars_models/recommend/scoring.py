"""Scoring: the list of every customer, some thousands of them at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import DAY, instant

from .catalogue import catalogue
from .exploring import Chance, explored, fingerprints
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
    names: list[str] = fitted.arrays["items"].tolist()
    shelf = catalogue(config, data.files)
    offered, once = shelf.offered(names), shelf.bought_once(names)
    bought = purchases(data.events[config.event], config.item, names)
    fade = round(fitted.parameters["fade_days"] * DAY)
    step, method = at_once(len(names)), METHODS[config.method]
    shown, new = [np.empty((0, config.show), np.int64)], [np.empty((0, config.show), np.bool_)]
    for start in range(0, len(data), step):
        people = slice(start, min(start + step, len(data)))
        theirs = bought.of(people.start, people.stop)
        own = habits(theirs, people.stop - start, len(names), fade)
        ranked = ranking(method.drawn(fitted.arrays, own))
        forbid(ranked, own, offered, once)
        picked = top(ranked, config.show)
        other = np.zeros_like(picked, dtype=np.bool_)
        if share := config.explore.share:
            chance = Chance(_key(fitted, data), fingerprints(data.attributes["id"][people]))
            picked, other = explored(picked, own, offered, share, chance)
        shown.append(picked)
        new.append(other)
    return _named(np.array(names, dtype=object), np.concatenate(shown), np.concatenate(new))


def inputs(config: Recommend, data: ModelData) -> Mapping[str, NDArray[Any]]:
    """How many purchases each customer made, and how many days ago the last one was."""
    events = data.events[config.event]
    last = np.full(len(data), np.nan)
    last[events.customer] = events.at  # they come by time, so the last one stays
    counts = np.bincount(events.customer, events.times, minlength=len(data))
    return {"purchases": counts, "days_since": (data.now - last) / DAY}


def _key(fitted: Fitted, data: ModelData) -> str:
    """Another for every model and day."""
    return f"{fitted.arrays['seed'][0]}.{instant(data.now).astimezone(data.zone).date()}"


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
        made[:] = list(zip(*(names[place] for place in theirs.T), strict=True))
        lists[rows] = made
    return lists
