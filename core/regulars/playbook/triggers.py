"""Triggers: what lets a customer into a journey."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Discriminator, Field, StrictBool, Tag, model_validator

from regulars.instants import DAY
from regulars.values import Duration, EventName, PositiveDuration

from .conditions import OneComparison
from .parts import Offered, Part, kind_among
from .times import LocalTime, TimeOfDay


class EventTrigger(Part):
    """Such an event arrives; one entry an event, or a value of ``key``."""

    event: EventName
    where: dict[str, OneComparison] = Field(default_factory=dict)
    key: str | None = None


class EntersTrigger(Part):
    """A customer enters the segment."""

    enters: str


class LeavesTrigger(Part):
    """A customer leaves the segment."""

    leaves: str


class AtTrigger(Part):
    """Once, at that local time: a broadcast to the segment."""

    at: LocalTime
    segment: str


class ScheduleTrigger(Part):
    """Each occurrence of a cron expression, in the playbook's time."""

    schedule: Annotated[str, Field(min_length=9)]
    segment: str


class DateTrigger(Part):
    """That day comes: ``attribute.birthday``, ``trait.first_order``, ``score.rhythm.next``."""

    date: Annotated[str, Field(pattern=r"^(attribute|trait|score)\.[a-z][a-z0-9_.-]*$")]
    yearly: StrictBool = False
    offset: Duration = Duration()
    at: TimeOfDay = TimeOfDay(9, 0)
    segment: str | None = None

    @model_validator(mode="after")
    def _offset_in_days(self) -> Self:
        if self.offset.months or self.offset.micros % DAY:
            raise ValueError("offset counts whole days: -7d, 2w")
        return self


class InactiveTrigger(Part):
    """That long after the last such event, and none since."""

    inactive: EventName
    for_: PositiveDuration = Field(alias="for")


class PluginTrigger(Offered):
    """A trigger that a plugin offers; its settings are the plugin's own."""


MODELS = {
    "event": EventTrigger,
    "enters": EntersTrigger,
    "leaves": LeavesTrigger,
    "schedule": ScheduleTrigger,
    "date": DateTrigger,
    "inactive": InactiveTrigger,
    "at": AtTrigger,
    "use": PluginTrigger,
}


Trigger = Annotated[
    Annotated[EventTrigger, Tag("event")]
    | Annotated[EntersTrigger, Tag("enters")]
    | Annotated[LeavesTrigger, Tag("leaves")]
    | Annotated[ScheduleTrigger, Tag("schedule")]
    | Annotated[DateTrigger, Tag("date")]
    | Annotated[InactiveTrigger, Tag("inactive")]
    | Annotated[AtTrigger, Tag("at")]
    | Annotated[PluginTrigger, Tag("use")],
    Discriminator(
        kind_among(MODELS),
        custom_error_type="unknown_trigger",
        custom_error_message=f"say what lets a customer in: one of {', '.join(MODELS)}",
    ),
]


class Misfire(Part):
    """How long an occurrence that passed while nothing ran still counts."""

    within: PositiveDuration
