"""Experiments: which customers get which arm, and how what it brings is read."""

from __future__ import annotations

import math
from itertools import product
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictFloat, model_validator

from regulars.values import Name, Percentage

from .goals import AnyGoal
from .parts import Offered, Part, Scalar

FEWEST = 2  # arms
MOST_ARMS = 64  # that factors may make
LONGEST = 190  # characters of an arm's name in the store
CLOSE = 1e-6  # how far from 1 the weights may add up
CONTROL = "control"  # the arm that the others are compared with, where one is called so
ITSELF = "name"  # what templates call the arm itself, beside its variables
Variables = dict[Name, Scalar]


class Layer(Part):
    """A slice of a layer: nobody is given arms of two experiments with slices of one layer.

    Whoever was given an arm before an edit of the slices keeps it, and may then be in two.
    """

    name: Name
    from_: Percentage = Field(alias="from")
    to: Percentage

    @model_validator(mode="after")
    def _is_some(self) -> Self:
        if self.from_.share >= self.to.share:
            raise ValueError("a slice of a layer goes from less to more, as in from 0% to 50%")
        return self


class Decide(Offered):
    """How it is read; the settings are those of the analysis."""


class Allocation(Offered):
    """A bandit that gives the arms out; the settings are its own."""


class Experiment(Part):
    """Arms with what each tells its templates; ``weights`` are their shares, equal by default.

    ``factors`` make an arm of each combination of their levels. ``coverage`` is the share of the
    customers who take part, ``unit`` the attribute that is given an arm instead of the customer.
    ``seed`` gives the arms out. By default it is ``regulars.experiment.NAME``, which is to be
    written where the experiment's name changes.
    """

    arms: Annotated[dict[Name, Variables], Field(min_length=FEWEST)] | None = None
    factors: (
        Annotated[dict[Name, Annotated[list[Name], Field(min_length=FEWEST)]], Field(min_length=1)]
        | None
    ) = None
    weights: list[Annotated[StrictFloat, Field(gt=0, le=1)]] | None = None
    allocation: Allocation | None = None
    coverage: Percentage = Percentage(1.0)
    layer: Layer | None = None
    unit: str | None = None
    hash: Literal["regulars", "growthbook"] = "regulars"
    seed: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    goals: list[AnyGoal] = Field(default_factory=list)
    by: list[str] = Field(default_factory=list)
    decide: Decide | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_one_segment(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("by"), str):
            return {**value, "by": [value["by"]]}
        return value

    @model_validator(mode="after")
    def _has_arms(self) -> Self:
        if (self.arms is None) == (self.factors is None):
            raise ValueError("write either the arms, or the factors that make them")
        for factor, levels in (self.factors or {}).items():
            if len(set(levels)) < len(levels):
                raise ValueError(f"the factor '{factor}' has a level twice")
        if self.factors and math.prod(map(len, self.factors.values())) > MOST_ARMS:
            raise ValueError(f"these factors make more than {MOST_ARMS} arms; take some out")
        if any(len(arm) > LONGEST for arm in self.levels()):
            raise ValueError("the levels of an arm are too long together; shorten their names")
        return self

    @model_validator(mode="after")
    def _weights_fit(self) -> Self:
        if self.weights is None or (self.arms is None) == (self.factors is None):
            return self
        if self.allocation is not None:
            raise ValueError("write either weights, or the allocation that finds them")
        if len(self.weights) != len(self.variables()):
            raise ValueError(
                f"there are {len(self.variables())} arms and {len(self.weights)} weights"
            )
        if abs(math.fsum(self.weights) - 1) > CLOSE:
            raise ValueError("the weights should add up to 1")
        return self

    def levels(self) -> dict[str, dict[str, str]]:
        """By arm that factors make, its level of each: ``{"warm+cup": {"subject": "warm", …}}``."""
        if self.factors is None:
            return {}
        return {
            "+".join(levels): dict(zip(self.factors, levels, strict=True))
            for levels in product(*self.factors.values())
        }

    def variables(self) -> dict[str, dict[str, Any]]:
        """What each arm tells its templates, by arm, in the order they are written."""
        return dict(self.arms) if self.arms is not None else dict(self.levels())

    def shares(self) -> dict[str, float]:
        """The share of each arm, in the order they are written; a bandit's are equal at first."""
        arms = self.variables()
        weights = self.weights or [1 / len(arms)] * len(arms)
        return dict(zip(arms, weights, strict=True))

    @property
    def control(self) -> str:
        """The arm that the others are compared with: the one called so, else the first."""
        arms = self.variables()
        return CONTROL if CONTROL in arms else next(iter(arms))


def seed_of(name: str, experiment: Experiment) -> str:
    """The seed that gives customers their arm of the experiment; it never changes."""
    return experiment.seed or f"regulars.experiment.{name}"


def layer_seed(layer: str) -> str:
    """The seed that gives customers their place in a layer."""
    return f"regulars.layer.{layer}"
