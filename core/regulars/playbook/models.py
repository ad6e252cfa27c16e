"""Models: predictions that write scores of each customer."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from regulars.values import Name, PositiveDuration

from .parts import Offered


class Model(Offered):
    """A prediction; its settings are those of its kind. It learns anew every ``refit``.

    It also does when what it looks at, or what it says, is further from what it was when it learned
    than ``drift``, a population stability index.

    With ``split``, an experiment, the customers with one of ``arms`` are scored by the model that
    stands there.
    """

    refit: PositiveDuration = PositiveDuration.parse("7d")
    drift: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 0.25
    split: str | None = None
    arms: Annotated[dict[Name, Name], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _split_has_arms(self) -> Self:
        if (self.split is None) != (self.arms is None):
            raise ValueError("a split is an experiment, and arms say which model each arm has")
        return self
