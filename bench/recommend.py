"""Time the recommender on very many customers, and hold its methods against one another.

    python bench/recommend.py [--customers N] [--items N] [--json FILE] [--keep FOLDER]

A shop is drawn by a seed: customers have tastes, items have kinds, and most of what is bought was
bought before. Each method is a process of its own, so that its memory is its own as well; the times
are those of the fit, with the comparison of all methods in it, and of the lists of all customers,
without imports and drawing, with every tenth place exploring. Memory is what comes on top of the
drawn events.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from measuring import Result, Row, benchmark, machine, table

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
    before, start, used = _peak(), time.perf_counter(), time.process_time()
    fitted = fit(config, data, SEED)
    learned, used_to_learn = time.perf_counter(), time.process_time()
    if isinstance(fitted, str):
        raise TypeError(fitted)
    score(config, fitted, data)
    return {
        "fit_s": learned - start,
        "fit_cpu_s": used_to_learn - used,
        "score_s": time.perf_counter() - learned,
        "score_cpu_s": time.process_time() - used_to_learn,
        "MB": (_peak() - before) / 1024,
        "metrics": dict(fitted.metrics),
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(_folder: Path, customers: int, items: int) -> Result:
    methods = ("buy-again", "item-item", "factors", "content", "popular")
    return {
        "methods": {method: _alone(method, customers, items) for method in methods},
        "machine": machine(),
    }


def _alone(method: str, customers: int, items: int) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).resolve()), "one", method]
    command += [str(customers), str(items)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def told(result: Result) -> str:
    rows: list[Row] = []
    for method, found in result["methods"].items():
        ndcg = [found["metrics"][about][method] for about in ("ndcg_all", "ndcg_new")]
        worth = f"NDCG@10 {ndcg[0]:.3f}, of what was new {ndcg[1]:.3f}"
        rows.append((method, f"{found['MB']:.0f} MB", worth))
        for work in ("fit", "score"):
            taken = f"{found[f'{work}_cpu_s']:.2f} s of processor"
            rows.append((f"  {work}", f"{found[f'{work}_s']:.2f} s", taken))
    return table(rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(measured(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
    else:
        benchmark(__doc__, {"customers": 1_000_000, "items": 1_000}, measure, told)
