"""Goals: what an experiment is to change."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from regulars.values import EventName, Name, PositiveDuration

from .conditions import OneComparison
from .parts import Part, kind_among
from .traits import EventRef


class Goal(Part):
    """What every goal says beside what it measures; it counts from exposure on, ``within``."""

    id: Name
    within: PositiveDuration
    where: dict[str, OneComparison] = Field(default_factory=dict)
    better: Literal["more", "less"] = "more"

    @model_validator(mode="after")
    def _window_is_exact(self) -> Self:
        if self.within.months:
            raise ValueError("a goal's window is the same for everybody: write it in days or weeks")
        return self


class ConversionGoal(Goal):
    """Whether a customer did it at least once."""

    performed: EventName


class CountGoal(Goal):
    """How often a customer did it."""

    count: EventName


class RevenueGoal(Goal):
    """What it adds up to for each customer: ``sum: order.total``."""

    sum: EventRef


class MeanGoal(Goal):
    """The mean of a property, over customers with any: ``average: review.stars``."""

    average: EventRef


class TimeGoal(Goal):
    """How long until a customer does it; sooner is better unless ``better`` says otherwise."""

    time_to: EventName
    better: Literal["more", "less"] = "less"


class RatioGoal(Goal):
    """A sum set against another, or against how often: ``{ratio: order.total, to: order}``."""

    ratio: EventRef
    to: EventRef


GOALS = {
    "performed": ConversionGoal,
    "count": CountGoal,
    "sum": RevenueGoal,
    "average": MeanGoal,
    "time_to": TimeGoal,
    "ratio": RatioGoal,
}

AnyGoal = Annotated[
    Annotated[ConversionGoal, Tag("performed")]
    | Annotated[CountGoal, Tag("count")]
    | Annotated[RevenueGoal, Tag("sum")]
    | Annotated[MeanGoal, Tag("average")]
    | Annotated[TimeGoal, Tag("time_to")]
    | Annotated[RatioGoal, Tag("ratio")],
    Discriminator(
        kind_among(GOALS),
        custom_error_type="unknown_goal",
        custom_error_message=f"say what it measures: one of {', '.join(GOALS)}",
    ),
]
