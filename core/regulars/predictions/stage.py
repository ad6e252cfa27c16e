"""The stage of predictions: every model learns if it is to, and scores everybody."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.store import insert_rows

from .doubts import doubts
from .fitting import learn
from .reading.data import model_data, trial_of_model
from .reading.sharing import joined, narrowed
from .ways import by_arm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData
    from regulars.segments.scope import Scope
    from regulars.store import Store

    from .fitting import Learned


@dataclass(frozen=True)
class ModelCount:
    """One model in a run: its version, whether that is new, and how many customers it scored.

    ``missing`` says in the model's words why it couldn't learn; without a version nobody is scored.
    ``drift`` says what is no longer as it was when it learned before, which made it learn again.
    ``warnings`` are for a person to read before they believe it. ``seconds`` is what learning,
    testing and scoring took by the wall clock.
    """

    version: int | None
    fitted: bool
    scored: int
    missing: str | None = None
    drift: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class _Said:
    """What one model said of ``customers``, by output; by what it ``learned``."""

    learned: Learned
    customers: NDArray[np.int64]
    scores: Mapping[str, NDArray[Any]]
    seconds: float

    def count(self) -> ModelCount:
        """The model in this run."""
        learned, scored = self.learned, int(_any_known(self.scores.values()).sum())
        version, beside = learned.version, (learned.missing, learned.drifted)
        if version is None:
            return ModelCount(None, learned.new, scored, *beside, seconds=self.seconds)
        warned = doubts(version.fitted)
        return ModelCount(version.number, learned.new, scored, *beside, warned, self.seconds)


def predict(store: Store, scope: Scope) -> dict[str, ModelCount]:
    """Bring the scores of every customer to the instant of ``scope``.

    What a model learns is kept at once; the scores of all models are the old ones or the new ones.

    Raises:
        PluginError: a model failed.
    """
    models = scope.plan.models
    if not models:
        return {}
    with store.reading() as connection:
        shared = model_data(connection, scope, joined(model.reads for model in models.values()))
    alone = {name: _ask(store, scope, model, shared) for name, model in models.items()}
    scores = {name: said.scores for name, said in alone.items()}
    said = {
        name: replace(each, scores=by_arm(store, scope, models[name], scores))
        if models[name].written.split
        else each
        for name, each in alone.items()
    }
    _write(store, scope, said)
    return {name: each.count() for name, each in said.items()}


def _ask(store: Store, scope: Scope, model: PlannedModel, shared: ModelData) -> _Said:
    began = time.monotonic()
    with store.reading() as connection:
        trial = trial_of_model(connection, scope, model.reads.experiment)
    data = replace(narrowed(shared, model.reads), trial=trial)
    learned = learn(store, scope, model, data)
    nothing = {name: np.full(len(data), None, dtype=object) for name in model.outputs}
    scores = {**nothing, **learned.scores}
    return _Said(learned, data.customers, scores, round(time.monotonic() - began, 3))


def _write(store: Store, scope: Scope, said: Mapping[str, _Said]) -> None:
    """A row for each customer with any score."""
    found = {
        scope.plan.scores[f"{name}.{output}"].name: values
        for name, each in said.items()
        for output, values in each.scores.items()
    }
    customers = next(iter(said.values())).customers
    some = _any_known(found.values())
    cells = [customers[some].tolist(), *(values[some].tolist() for values in found.values())]
    with store.transaction() as connection:
        table = store.tables.scores
        connection.execute(table.delete())
        insert_rows(connection, table, ["customer", *found], zip(*cells, strict=True))


def _any_known(scores: Iterable[NDArray[Any]]) -> NDArray[np.bool_]:
    """Which customers have any of these scores; there is no empty text among them."""
    known = [values.astype(np.bool_) | (values == 0) for values in scores]
    return np.asarray(np.logical_or.reduce(known), dtype=np.bool_)
