"""What a playbook may say of these models: ``{use: mbg-nbd, event: order, amount: total}``."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator
from regulars.hooks import Percentage, PositiveDuration, Settings

from regulars_models.amounts import check_amount, property_of

WEEK = 604_800_000_000  # microseconds
LEAST = 50  # see docs/predictions.md, where it is measured

Event = Annotated[str, Field(description="the event that comes again and again, such as order")]
Least = Annotated[
    StrictInt, Field(ge=1, description="how many customers must have come back, to learn from them")
]


class Spend(Settings):
    """Settings of ``gamma-gamma``: what an ``event`` is worth, by its property ``amount``."""

    event: Event
    amount: Annotated[str, Field(description="a property of the event, such as total")]
    least: Least = LEAST

    @model_validator(mode="after")
    def _amount_is_the_events(self) -> Self:
        check_amount(self.event, self.amount)
        return self

    @property
    def spent(self) -> str:
        """The name of the property alone."""
        return property_of(self.event, self.amount)


class Lifetime(Settings):
    """Settings of the models of events. With ``amount`` they say what customers are worth, too."""

    event: Event
    amount: Annotated[
        str | None, Field(description="a property of the event, such as total: what it is worth")
    ] = None
    horizon: Annotated[PositiveDuration, Field(description="how far ahead to look")] = (
        PositiveDuration.parse("90d")
    )
    margin: Annotated[Percentage, Field(description="the share of an amount that is earned")] = (
        Percentage(1.0)
    )
    discount: Annotated[
        Percentage, Field(description="how much less money is worth in a year's time")
    ] = Percentage(0.0)
    chance: Annotated[
        Percentage, Field(description="how likely the next event is by next_event_by")
    ] = Percentage(0.5)
    least: Least = LEAST

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.horizon.months:
            raise ValueError("horizon: write it in days or weeks, such as 90d or 52w")
        if not 0 < self.chance.share < 1:
            raise ValueError("chance: nothing is certain; write 50% or so")
        if self.amount is not None:
            check_amount(self.event, self.amount)
        elif self.margin.share != 1 or self.discount.share:
            raise ValueError("margin and discount are of money; say which `amount` it is")
        return self

    @property
    def spent(self) -> str | None:
        """The name of the amount's property alone."""
        return None if self.amount is None else property_of(self.event, self.amount)

    @property
    def weeks(self) -> float:
        """The horizon in weeks."""
        return self.horizon.micros / WEEK
