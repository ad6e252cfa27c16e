"""Fitting: which items there are, what the method learns, and how all methods compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY, Fitted, instant, micros

from .catalogue import catalogue, likenesses
from .comparing import Held, compared
from .methods import METHODS, Lessons
from .purchases import habits, items_of, most_wanted_first, purchases, ranks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.hooks import ModelData

    from .catalogue import Catalogue
    from .kind import Recommend

LEAST = 10  # customers who bought something


def fit(config: Recommend, data: ModelData, seed: int) -> Fitted | str:
    """Number the items, the most wanted first, and learn by the method of ``config``."""
    if config.catalogue is not None and config.item not in data.files[config.catalogue]:
        return (
            f"The catalogue '{config.catalogue}' has no column '{config.item}'; call the one so "
            f"that names items as {config.event}.{config.item} does."
        )
    return _learned(config, data, catalogue(config, data.files), seed)


def _learned(config: Recommend, data: ModelData, shelf: Catalogue, seed: int) -> Fitted | str:
    events, fade = data.events[config.event], config.fade.micros or config.fade.days * DAY
    names = items_of(events, config.item, shelf.items or ())
    bought = purchases(events, config.item, names)
    order = most_wanted_first(bought, len(names), data.now, fade)
    bought = bought.renumbered(ranks(order, len(names)))
    names = [names[number] for number in order]
    whose, customers = np.unique(bought.customer, return_inverse=True)
    if len(whose) < LEAST:
        people = "1 customer" if len(whose) == 1 else f"{len(whose)} customers"
        return (
            f"So far {people} bought an '{config.event}' whose '{config.item}' can be shown; "
            f"{LEAST} are needed. An item counts that the catalogue lists or two customers bought."
        )
    bought = replace(bought, customer=customers)
    like = likenesses(shelf, names) if shelf.said else None
    if config.method == "content" and (like is None or not like.any()):
        return (
            f"The catalogue '{config.catalogue}' says nothing that items share; add columns such "
            "as category."
        )
    lessons = Lessons(habits(bought, len(whose), len(names), fade), like, seed)
    cutoff = micros(config.hold.before(instant(data.now), data.zone))
    once = shelf.bought_once(names)
    held = Held(bought, cutoff, len(whose), len(names), fade, once, like, seed)
    return Fitted(
        parameters={"method": config.method, "items": len(names), "fade_days": fade / DAY},
        arrays={
            "items": np.array(names),
            "seed": np.array([seed]),
            **METHODS[config.method].learn(lessons),
        },
        diagnostics={
            "purchases": int(bought.times.sum()),
            "customers": len(whose),
            "words": list(_listed_again(config, shelf)),
        },
        metrics=compared(held, config.method, str(config.hold)),
    )


def _listed_again(config: Recommend, shelf: Catalogue) -> Iterator[str]:
    if shelf.again:
        some, more = shelf.again[0], len(shelf.again) - 1
        others = {0: "", 1: " and another item"}.get(more, f" and {more:,} other items")
        yield (
            f"The catalogue '{config.catalogue}' lists '{some}'{others} more than once; of each "
            "the last row counts."
        )
