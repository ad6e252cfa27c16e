"""Scoring: what a model says of each customer, held to what it promised, as the store keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.customers.lists import list_as_text
from regulars.hooks.attribution import blamed
from regulars.stored import VALUE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import Fitted, ModelData, Output

    Scores = NDArray[Any]  # objects, None where there is no score

SLACK = 1e-9  # how far a number may lie outside its range, by rounding
MOST_ITEMS = 100  # of a list


def scores_of(model: PlannedModel, fitted: Fitted, data: ModelData) -> dict[str, Scores]:
    """What ``model`` says of everybody, by output: an array of objects, None for no score.

    Raises:
        PluginError: the plugin failed, or doesn't keep what its outputs promise.
    """
    with blamed(model.blame):
        given = model.kind.score(model.config, fitted, data)
        if set(given) != set(model.outputs):
            raise ValueError(f"it scored {sorted(given)}, and promised {sorted(model.outputs)}")
        return {name: _held(name, given, out, len(data)) for name, out in model.outputs.items()}


def _held(name: str, given: Mapping[str, Any], output: Output, length: int) -> Scores:
    values = np.asarray(given[name])
    if values.shape != (length,):
        raise ValueError(f"{name} has the shape {values.shape}; it should be ({length},)")
    if output.type == "text":
        return _texts(name, values, output)
    if output.type == "list":
        return _lists(name, values)
    numbers = values.astype(np.float64)
    known = np.isfinite(numbers)
    if output.type == "number":
        numbers = _within(name, numbers, known, output)
    stored = numbers.astype(object)
    if output.type == "time":
        stored[known] = np.rint(numbers[known]).astype(np.int64).astype(object)
    stored[~known] = None
    return stored


def _within(
    name: str, numbers: NDArray[np.float64], known: NDArray[np.bool_], output: Output
) -> NDArray[np.float64]:
    low = -np.inf if output.low is None else output.low
    high = np.inf if output.high is None else output.high
    outside = known & ((numbers < low - SLACK) | (numbers > high + SLACK))
    if outside.any():
        raise ValueError(f"{name} is {numbers[outside][0]}, and promised {low} to {high}")
    return np.clip(numbers, low, high)


def _texts(name: str, values: NDArray[Any], output: Output) -> Scores:
    stored = np.empty(len(values), dtype=object)
    stored[:] = [str(value)[:VALUE_LENGTH] if _is_text(value) else None for value in values]
    if output.one_of is not None and (other := set(stored) - {None, *output.one_of}):
        raise ValueError(f"{name} is {min(other)!r}, and promised {', '.join(output.one_of)}")
    return stored


def _lists(name: str, values: NDArray[Any]) -> Scores:
    """As the store keeps them; a list without items is no score."""
    known = [value if _is_list(value) else () for value in values]
    if (longest := max(map(len, known), default=0)) > MOST_ITEMS:
        raise ValueError(f"{name} has {longest} items; a list has at most {MOST_ITEMS}")
    stored = np.empty(len(values), dtype=object)
    stored[:] = [list_as_text(map(_short, value)) if len(value) else None for value in known]
    return stored


def _short(item: Any) -> str:
    return str(item)[:VALUE_LENGTH]


def _is_list(value: Any) -> bool:
    """Neither None, nor NaN, nor empty; a text is no list."""
    if value is None or isinstance(value, float):
        return False
    if isinstance(value, str):
        raise TypeError(f"it gave {value!r} for a list; give a list or a tuple of texts")
    return len(value) > 0


def _is_text(value: Any) -> bool:
    """Neither None, nor NaN, nor empty."""
    return value is not None and value == value and value != ""  # noqa: PLR0124 (NaN is not itself)
