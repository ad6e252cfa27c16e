"""Small shops for the recommender: who bought what, as a model is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from regulars.hooks import DAY, ModelData, ModelEvents
from regulars_models.recommend.fitting import fit
from regulars_models.recommend.kind import Recommend
from regulars_models.recommend.scoring import score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOW = 20_000 * DAY

Bought = tuple[int, str | None, int]  # whose, what, how many days ago


def shop(
    bought: Sequence[Bought],
    customers: int,
    catalogue: Mapping[str, Sequence[str]] | None = None,
    now: int = NOW,
) -> ModelData:
    """A shop; customers are numbered from 1 in the store."""
    rows = sorted(bought, key=lambda row: (row[0], -row[2]))
    events = ModelEvents(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([now - row[2] * DAY for row in rows], dtype=np.int64),
        np.ones(len(rows), dtype=np.int64),
        texts={"item": np.array([row[1] for row in rows] + [None], dtype=object)[:-1]},
    )
    files = {"catalogue.csv": {n: np.array(c, object) for n, c in (catalogue or {}).items()}}
    people = np.arange(1, customers + 1)
    ids = {"id": np.array([f"c{number}" for number in people], dtype=object)}
    return ModelData(now, ZoneInfo("UTC"), people, {"order": events}, attributes=ids, files=files)


def settings(**more: Any) -> Recommend:
    return Recommend.model_validate({"event": "order", **more})


def lists(config: Recommend, data: ModelData, seed: int = 1) -> Mapping[str, Any]:
    """The scores by output, as Python lists."""
    fitted = fit(config, data, seed)
    assert not isinstance(fitted, str), fitted
    return {name: values.tolist() for name, values in score(config, fitted, data).items()}


def crowd(*items: str, size: int = 12, ago: int = 50) -> list[Bought]:
    """Customers from 100 on, each of whom bought all of ``items``."""
    return [(100 + person, item, ago) for person in range(size) for item in items]
