"""``models: {pulse: {use: engagement, points: {order: 10, visit: 1}, half_life: 30d}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator
from regulars.hooks import ModelKind, Output, PositiveDuration, Reads, Settings

from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL = 100.0

Points = Annotated[float, Field(allow_inf_nan=False)]


class Engagement(Settings):
    """``points`` by event; after ``half_life`` an event counts half.

    ``middle`` is how many points make 50; without it, what half of the active customers have.
    """

    points: Annotated[
        dict[str, Points], Field(min_length=1, description="what an event counts, by its name")
    ]
    half_life: Annotated[PositiveDuration, Field(description="after this an event counts half")] = (
        PositiveDuration.parse("30d")
    )
    middle: Annotated[
        float | None, Field(gt=0, allow_inf_nan=False, description="the points that make 50")
    ] = None

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if all(points <= 0 for points in self.points.values()):
            raise ValueError(
                "points: no event counts more than 0, so everybody would stay at 0; write one that"
                " does"
            )
        return self

    @property
    def cheapest(self) -> str:
        """The event that adds least."""
        adds = {name: points for name, points in self.points.items() if points > 0}
        return min(adds, key=adds.__getitem__)


def _outputs(_config: Engagement) -> Mapping[str, Output]:
    return {"level": Output("0 to 100, 50 is the middle", low=0, high=FULL)}


def _reads(config: Engagement) -> Reads:
    return Reads(events=list(config.points))


_LEVEL = f"{__package__}.level"
ENGAGEMENT = ModelKind(
    "engagement",
    "How much customers have to do with the shop, from 0 to 100, by points that fade",
    Engagement,
    _outputs,
    _reads,
    late(_LEVEL, "fit"),
    late(_LEVEL, "score"),
    late(_LEVEL, "inputs"),
    late(_LEVEL, "explain"),
)
