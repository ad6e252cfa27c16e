"""The stage of predictions: every model learns if it is to, and scores everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.store import insert_rows

from .data import model_data
from .fitting import stand
from .scoring import scores_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from regulars.customers.scores import PlannedModel
    from regulars.segments.scope import Scope
    from regulars.store import Store


@dataclass(frozen=True)
class ModelCount:
    """One model in a run: its version, whether that is new, and how many customers it scored.

    ``missing`` says in the model's words why it couldn't learn; without a version nobody is scored.
    """

    version: int | None
    fitted: bool
    scored: int
    missing: str | None = None


@dataclass(frozen=True)
class _Said:
    """What one model said of ``customers``, by the key of its column."""

    count: ModelCount
    customers: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]


def predict(store: Store, scope: Scope) -> dict[str, ModelCount]:
    """Bring the scores of every customer to the instant of ``scope``.

    What a model learns is kept at once; the scores of all models are the old ones or the new ones.

    Raises:
        PluginError: a model failed.
    """
    said = {name: _ask(store, scope, model) for name, model in scope.plan.models.items()}
    with store.transaction() as connection:
        table = store.tables.scores
        connection.execute(table.delete())
        columns = [column.name for column in scope.plan.scores.values()]
        insert_rows(connection, table, ["customer", *columns], _rows(list(said.values()), columns))
    return {name: each.count for name, each in said.items()}


def _ask(store: Store, scope: Scope, model: PlannedModel) -> _Said:
    with store.reading() as connection:
        data = model_data(connection, scope, model.reads)
    standing = stand(store, scope, model, data)
    if standing.version is None:
        count = ModelCount(None, fitted=False, scored=0, missing=standing.missing)
        return _Said(count, data.customers, {})
    scores = scores_of(model, standing.version.fitted, data)
    columns = {scope.plan.scores[f"{model.name}.{name}"].name: s for name, s in scores.items()}
    scored = int(np.sum(_any_known(list(columns.values()))))
    count = ModelCount(standing.version.number, standing.new, scored, standing.missing)
    return _Said(count, data.customers, columns)


def _any_known(columns: list[NDArray[Any]]) -> NDArray[np.bool_]:
    """Which customers have any of these scores."""
    known = [column.astype(np.bool_) | (column == 0) for column in columns]  # none is empty text
    return np.asarray(np.logical_or.reduce(known), dtype=np.bool_)


def _rows(said: list[_Said], columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """A row for each customer with any score: their number, then ``columns``."""
    found = {name: values for each in said for name, values in each.columns.items()}
    if not found:
        return
    customers = said[0].customers
    nothing = np.full(len(customers), None, dtype=object)
    some = _any_known(list(found.values()))
    ordered = [found.get(name, nothing)[some].tolist() for name in columns]
    yield from zip(customers[some].tolist(), *ordered, strict=True)
