"""Spread: how the numbers that a model looks at and says lie over the customers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.hooks.attribution import blamed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData

    Floats = NDArray[np.float64]

TENTHS = np.arange(1, 10) / 10


@dataclass(frozen=True)
class Lay:
    """How a number lay over ``customers``.

    ``edges`` part them into tenths of those of whom it was known, or fewer parts where many have
    the same; a part holds what is above its lower edge and up to its upper one. ``shares`` are of
    all customers by part, and at last of those of whom it was unknown. ``middle`` is the median.
    """

    customers: int
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    middle: float | None

    @classmethod
    def of(cls, values: Floats) -> Lay:
        """How ``values`` lie; what is not finite is unknown."""
        known = values[np.isfinite(values)]
        edges = np.unique(np.quantile(known, TENTHS, method="inverted_cdf")) if len(known) else ()
        middle = float(np.median(known)) if len(known) else None
        parts = tuple(float(edge) for edge in edges)
        shares = counts(values, parts) / max(len(values), 1)
        return cls(len(values), parts, tuple(shares.tolist()), middle)


@dataclass(frozen=True)
class Spread:
    """How each input of a model lay, and each of its scores that is a number."""

    inputs: Mapping[str, Lay] = field(default_factory=dict)
    scores: Mapping[str, Lay] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Spread:
        """As it was before the store kept it."""
        return cls(_lays(kept["inputs"]), _lays(kept["scores"]))


@dataclass(frozen=True)
class Numbers:
    """The numbers of every customer that a model looks at, and those that it says."""

    inputs: Mapping[str, Floats]
    scores: Mapping[str, Floats]

    @classmethod
    def of(
        cls, model: PlannedModel, data: ModelData, scores: Mapping[str, NDArray[Any]]
    ) -> Numbers:
        """Those of ``model``, which said ``scores`` of ``data``.

        Raises:
            PluginError: the plugin failed.
        """
        outputs = model.outputs.items()
        return cls(
            _inputs(model, data),
            {
                name: scores[name].astype(np.float64)
                for name, out in outputs
                if out.type == "number"
            },
        )

    def spread(self) -> Spread:
        """How they lie."""
        return Spread(
            {name: Lay.of(values) for name, values in self.inputs.items()},
            {name: Lay.of(values) for name, values in self.scores.items()},
        )


def counts(values: Floats, edges: tuple[float, ...]) -> Floats:
    """How many of ``values`` lie in each part, and at last how many are unknown."""
    known = np.isfinite(values)
    part = np.searchsorted(np.array(edges), values[known])
    found = np.bincount(part, minlength=len(edges) + 2).astype(np.float64)
    found[-1] = len(values) - known.sum()
    return found


def _inputs(model: PlannedModel, data: ModelData) -> dict[str, Floats]:
    if model.kind.inputs is None:
        given: Mapping[str, NDArray[Any]] = {**data.traits, **data.attributes}
    else:
        with blamed(model.blame):
            given = {
                name: np.asarray(values)
                for name, values in model.kind.inputs(model.config, data).items()
            }
            for name, values in given.items():
                if values.shape != (len(data),):
                    raise ValueError(f"the input {name} has the shape {values.shape}")
    return {
        name: values.astype(np.float64)
        for name, values in given.items()
        if values.dtype.kind in "biuf"
    }


def _lays(kept: Mapping[str, Any]) -> dict[str, Lay]:
    return {
        name: Lay(each["customers"], tuple(each["edges"]), tuple(each["shares"]), each["middle"])
        for name, each in kept.items()
    }
