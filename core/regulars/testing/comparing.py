"""Comparing what models learned and said: whether two answers are one."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.hooks import Fitted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CLOSE = 1e-9  # relative; of a time that is a second or two


def same_learned(first: Fitted | str, second: Fitted | str) -> bool:
    """Whether two fits learned the same, to the last digit, and tell the same of it."""
    if not isinstance(first, Fitted) or not isinstance(second, Fitted):
        return first == second
    arrays = first.arrays.keys() == second.arrays.keys() and all(
        np.array_equal(array, second.arrays[name], equal_nan=array.dtype.kind == "f")
        for name, array in first.arrays.items()
    )
    return arrays and _as_json(first) == _as_json(second)


def same_scores(first: Mapping[str, NDArray[Any]], second: Mapping[str, NDArray[Any]]) -> bool:
    """Whether two answers say the same of everybody, but for the last digits."""
    return first.keys() == second.keys() and all(
        len(values) == len(second[name])
        and all(itertools.starmap(alike, zip(values, second[name], strict=True)))
        for name, values in first.items()
    )


def alike(one: Any, other: Any) -> bool:
    """Whether two scores are one, but for the last digits of a number."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(one == other)


def _as_json(learned: Fitted) -> str:
    told = vars(replace(learned, arrays={}))
    return json.dumps(told, default=lambda value: value.tolist(), sort_keys=True)
