"""Time the recommender on very many customers, and hold its methods against one another.

    python bench/recommend.py [--customers N] [--items N] [--json FILE] [--keep FOLDER]

A shop is drawn by a seed: customers have tastes, items have kinds, and most of what is bought was
bought before. Each method is a process of its own, so that its memory is its own as well; the times
are those of the fit, with the comparison of all methods in it, and of the lists of all customers,
without imports and drawing. Memory is what comes on top of the drawn events.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regulars.hooks import ModelData

SEED = 5
DAY = 86_400_000_000
NOW = 20_000 * DAY
DAYS = 365
KINDS = 20


def drawn(customers: int, items: int, seed: int = SEED) -> ModelData:
    """A shop: about five purchases a customer, with a catalogue that says each item's kind.

    Two of three purchases are of something the customer had before; the others are of one of the
    two kinds that they like, by Zipf's law.
    """
    from regulars.hooks import ModelData, ModelEvents  # noqa: PLC0415

    chance = np.random.default_rng(seed)
    names = np.array([f"item {number}" for number in range(items)], dtype=object)
    counts = chance.geometric(1 / 6, customers) - 1
    whose = np.repeat(np.arange(customers), counts)
    place = np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts)
    what = _new(chance, whose, customers, items)
    again = (chance.random(len(whose)) < 2 / 3) & (place > 0)
    back = np.where(again, np.floor(chance.random(len(whose)) * place).astype(int) + 1, 0)
    source = np.arange(len(whose)) - back
    for _ in range(int(counts.max(initial=0)).bit_length()):
        source = source[source]  # what was bought again may have been so itself
    days = chance.random(len(whose)) * DAYS
    order = np.lexsort((days, whose))
    at = (NOW - (DAYS - days[order]) * DAY).astype(np.int64)
    texts = {"item": names[what[source]]}
    events = ModelEvents(whose, at, np.ones(len(whose), np.int64), {}, texts)
    kinds = np.array([f"kind {number % KINDS}" for number in range(items)], dtype=object)
    files = {"catalogue.csv": {"item": names, "kind": kinds}}
    numbers = np.arange(1, customers + 1)
    ids = {"id": np.array([f"customer-{number}" for number in numbers], dtype=object)}
    return ModelData(NOW, ZoneInfo("UTC"), numbers, {"order": events}, {}, ids, files=files)


def _new(
    chance: np.random.Generator, whose: NDArray[Any], customers: int, items: int
) -> NDArray[np.int64]:
    """An item for each purchase, of the kinds that its customer likes."""
    likes = chance.integers(0, KINDS, (customers, 2))
    kind = likes[whose, chance.integers(0, 2, len(whose))]
    depth = items // KINDS
    by_rank = np.cumsum(1 / np.arange(1, depth + 1))
    rank = np.searchsorted(by_rank / by_rank[-1], chance.random(len(whose)))
    return np.asarray(rank * KINDS + kind)


def measured(method: str, customers: int, items: int) -> dict[str, Any]:
    """What one method took, and how well all of them did."""
    from regulars_models.recommend.fitting import fit  # noqa: PLC0415
    from regulars_models.recommend.kind import Recommend  # noqa: PLC0415
    from regulars_models.recommend.scoring import score  # noqa: PLC0415

    data = drawn(customers, items)
    config = Recommend.model_validate(
        {"event": "order", "method": method, "explore": "10%", "catalogue": "catalogue.csv"}
    )
    before, start = _peak(), time.perf_counter()
    fitted = fit(config, data, SEED)
    learned = time.perf_counter()
    if isinstance(fitted, str):
        raise TypeError(fitted)
    score(config, fitted, data)
    return {
        "fit_s": learned - start,
        "score_s": time.perf_counter() - learned,
        "MB": (_peak() - before) / 1024,
        "metrics": dict(fitted.metrics),
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
