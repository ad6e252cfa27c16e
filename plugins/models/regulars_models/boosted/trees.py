"""Boosted trees as plain arrays, so that a store can keep them without trusting a pickle.

scikit-learn has no other way to write its histogram trees down than its own attributes; a test
holds that what is read of them here gives the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MODELS = ("start", "logistic")
_NODE = ("feature", "threshold", "missing_left", "left", "right", "value")


@dataclass(frozen=True)
class Trees:
    """Models of boosted trees: one row a tree, one column a node; a leaf leads to itself.

    ``start`` is what each model says before its trees, ``model`` whose each tree is, ``logistic``
    which models add up log-odds.
    """

    start: Floats
    logistic: NDArray[np.bool_]
    model: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: Floats
    missing_left: NDArray[np.bool_]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: Floats

    @classmethod
    def of(cls, models: Sequence[Any]) -> Trees:
        """The trees of fitted ``HistGradientBoosting`` models, also of a single class."""
        known = [_one_answer(model) for model in models]
        grown = [
            (number, stage[0].nodes)
            for number, model in enumerate(models)
            if known[number] is None
            for stage in model._predictors  # noqa: SLF001 (see the module)
        ]
        nodes = [_padded(nodes, max((len(n) for _, n in grown), default=1)) for _, nodes in grown]
        stacked = {name: np.array([node[name] for node in nodes]) for name in _NODE}
        return cls(
            start=np.array([_start(*pair) for pair in zip(models, known, strict=True)]),
            logistic=np.array([_is_logistic(*pair) for pair in zip(models, known, strict=True)]),
            model=np.array([number for number, _ in grown], dtype=np.int64),
            **stacked,
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Trees:
        """What ``arrays`` wrote."""
        return cls(**{each.name: arrays[each.name] for each in fields(cls)})

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as named arrays of numbers."""
        return dict(vars(self))

    def of_model(self, number: int) -> Trees:
        """Those of one model."""
        own, one = self.model == number, slice(number, number + 1)
        rest = {name: values[own] for name, values in vars(self).items() if name not in _MODELS}
        return Trees(self.start[one], self.logistic[one], **rest)


def _one_answer(model: Any) -> float | None:
    """The only class that a classifier has seen, if it is one of those."""
    classes = getattr(model, "classes_", None)
    return float(classes[0]) if classes is not None and len(classes) == 1 else None


def _start(model: Any, known: float | None) -> float:
    if known is not None:
        return known
    return float(np.ravel(model._baseline_prediction)[0])  # noqa: SLF001 (see the module)


def _is_logistic(model: Any, known: float | None) -> bool:
    return known is None and hasattr(model, "predict_proba")


def _padded(nodes: Any, width: int) -> dict[str, NDArray[Any]]:
    """The nodes of one tree; a leaf's children are the leaf itself."""
    leaf, own = nodes["is_leaf"].astype(bool), np.arange(len(nodes))
    fields = {
        "feature": nodes["feature_idx"].astype(np.int64),
        "threshold": nodes["num_threshold"].astype(np.float64),
        "missing_left": nodes["missing_go_to_left"].astype(bool),
        "left": np.where(leaf, own, nodes["left"]).astype(np.int64),
        "right": np.where(leaf, own, nodes["right"]).astype(np.int64),
        "value": nodes["value"].astype(np.float64),
    }
    fields["feature"] = np.where(leaf, 0, fields["feature"])
    return {name: np.pad(field, (0, width - len(nodes))) for name, field in fields.items()}
