"""Rules: ``{trait: spend, at_least: 100, times: 2}`` doubles the odds of whom it holds for.

The comparison words are those of conditions. A comparison with what is unknown doesn't hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StrictBool, model_validator
from regulars.hooks import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]

WORDS = ("is", "at_least", "at_most", "more_than", "less_than")


class Rule(Settings):
    """What holds of a ``trait``, of a time of how many days ago it was, and what that means."""

    trait: Annotated[str, Field(description="the trait that is compared")]
    times: Annotated[
        float, Field(gt=0, le=1000, description="what the odds are multiplied by if it holds")
    ]
    is_: Annotated[Number | None, Field(alias="is", description="equals")] = None
    at_least: Annotated[Number | None, Field(description="this or more")] = None
    at_most: Annotated[Number | None, Field(description="this or less")] = None
    more_than: Annotated[Number | None, Field(description="more than this")] = None
    less_than: Annotated[Number | None, Field(description="less than this")] = None
    between: Annotated[
        tuple[Number, Number] | None, Field(description="from the first to the second, both in")
    ] = None
    known: Annotated[StrictBool | None, Field(description="whether anything is known")] = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if not any(self._said()):
            raise ValueError("say what it is compared with: at_least, at_most, between, known, …")
        if self.between and self.between[0] > self.between[1]:
            raise ValueError("between: the smaller number comes first")
        return self

    def holds(self, value: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Of which values of its trait it holds; NaN is unknown."""
        held: NDArray[np.bool_] = (value != value) == (self.known is False)  # noqa: PLR0124
        low, high = self.between or (None, None)
        for least in (self.at_least, low, self.is_):
            held = held & (value >= least) if least is not None else held
        for most in (self.at_most, high, self.is_):
            held = held & (value <= most) if most is not None else held
        held = held & (value > self.more_than) if self.more_than is not None else held
        return held & (value < self.less_than) if self.less_than is not None else held

    def __str__(self) -> str:
        return f"{self.trait} {' and '.join(self._said())}"

    def _said(self) -> Iterator[str]:
        for word in WORDS:
            number = self.is_ if word == "is" else getattr(self, word)
            if number is not None:
                yield f"{word.replace('_', ' ')} {number:g}"
        if self.between is not None:
            yield f"between {self.between[0]:g} and {self.between[1]:g}"
        if self.known is not None:
            yield "known" if self.known else "unknown"
