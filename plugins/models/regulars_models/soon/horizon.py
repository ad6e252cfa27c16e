"""Whether an event comes soon: what a playbook says of every model that foresees that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StrictInt, model_validator
from regulars.hooks import Foresees, Output, PositiveDuration, Reads, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_CUTOFFS = 50


class Horizon(Settings):
    """An event and how soon it is to come; ``cutoffs`` are the past days that are learned from."""

    event: Annotated[str, Field(description="the event that is to come")]
    within: Annotated[PositiveDuration, Field(description="how soon it is to come")]
    cutoffs: Annotated[
        StrictInt, Field(ge=1, le=MOST_CUTOFFS, description="how many such times to learn from")
    ] = 6

    @model_validator(mode="after")
    def _is_of_one_length(self) -> Self:
        if self.within.months:
            raise ValueError("within: write it in days or weeks, so that it is always as long")
        return self

    def outputs(self) -> Mapping[str, Output]:
        """The one score."""
        foresees = Foresees(self.event, self.within.micros)
        unit = f"probability of '{self.event}' within {self.within}"
        return {"probability": Output(unit, low=0, high=1, foresees=foresees)}

    def reads(self, traits: Sequence[str]) -> Reads:
        """The event, and ``traits`` as they were at the cut-offs, of which the last is over now."""
        before = [self.within.micros * (1 + each) for each in range(self.cutoffs)]
        return Reads(events=[self.event], traits=traits, cutoffs=before)
