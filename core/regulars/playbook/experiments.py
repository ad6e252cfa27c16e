"""Experiments: which customers get which arm."""

from __future__ import annotations

import math
from typing import Annotated, Self

from pydantic import Field, StrictFloat, model_validator

from .parts import Part, Scalar
from .values import Name

FEWEST = 2  # arms
CLOSE = 1e-6  # how far from 1 the weights may add up


class Experiment(Part):
    """Arms with what each tells its templates; ``weights`` are their shares, equal by default."""

    arms: Annotated[dict[Name, dict[str, Scalar]], Field(min_length=FEWEST)]
    weights: list[Annotated[StrictFloat, Field(gt=0, le=1)]] | None = None

    @model_validator(mode="after")
    def _weights_fit(self) -> Self:
        if self.weights is None:
            return self
        if len(self.weights) != len(self.arms):
            raise ValueError(f"there are {len(self.arms)} arms and {len(self.weights)} weights")
        if abs(math.fsum(self.weights) - 1) > CLOSE:
            raise ValueError("the weights should add up to 1")
        return self

    def shares(self) -> dict[str, float]:
        """The share of each arm, in the order they are written."""
        weights = self.weights or [1 / len(self.arms)] * len(self.arms)
        return dict(zip(self.arms, weights, strict=True))


def seed_of(experiment: str) -> str:
    """The seed that gives customers their arm of ``experiment``; it never changes."""
    return f"regulars.experiment.{experiment}"
