"""Remembering: what was worked out for the values seen lately, for columns that repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

LIMIT = 100_000  # values


class Remembered(dict[Any, Result]):
    """``remembered[value]`` is ``compute(value)``, worked out once as long as it is remembered."""

    def __init__(self, compute: Callable[[Any], Result], limit: int = LIMIT) -> None:
        super().__init__()
        self._compute, self._limit = compute, limit

    def __missing__(self, value: Any) -> Result:
        if len(self) >= self._limit:
            self.clear()
        result = self[value] = self._compute(value)
        return result
