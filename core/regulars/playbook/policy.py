"""Policy: what holds for every message, whatever journey it comes from."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from regulars.values import Percentage, PositiveDuration

from .parts import Part
from .times import TimeOfDay

HOLDOUT = "holdout"  # the name under which it is recorded beside the experiments
HOLDOUT_SEED = "regulars.holdout"  # who is in the holdout never changes, so neither may this
LONGEST_NIGHT = 20 * 60  # minutes; longer quiet hours leave no time to write to anybody


class QuietHours(Part):
    """When nobody is written to, in the customer's own time; it may lie across midnight.

    A message that falls into them is held until they end, or dropped.
    """

    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay
    then: Literal["hold", "drop"] = "hold"

    @property
    def minutes(self) -> int:
        """How long they last, by the clock on the wall."""
        start, end = (at.hour * 60 + at.minute for at in (self.from_, self.to))
        return (end - start) % (24 * 60)

    @model_validator(mode="after")
    def _leave_time_to_write(self) -> Self:
        if self.minutes == 0:
            raise ValueError("quiet hours that end when they begin are none; take them out")
        if self.minutes > LONGEST_NIGHT:
            raise ValueError("quiet hours last at most 20 hours; are from and to swapped?")
        return self


class Cap(Part):
    """At most so many messages to a customer in a window.

    ``per`` is a rolling window, or the calendar ``day``, ``week`` (from Monday) or ``month`` of
    the customer's own time. It counts messages on ``channel`` or of ``topic`` alone, where they
    are given. What is too much is dropped, or held until the window allows it.
    """

    at_most: Annotated[StrictInt, Field(ge=1)]
    per: Literal["day", "week", "month"] | PositiveDuration
    channel: str | None = None
    topic: str | None = None
    then: Literal["drop", "hold"] = "drop"


class Policy(Part):
    """What holds for every message.

    ``holdout`` is the share of customers who are never written to and always measured. Messages
    of transactional topics go to everybody at any hour and count for no cap.
    """

    holdout: Percentage | None = None
    quiet_hours: QuietHours | None = None
    caps: list[Cap] = Field(default_factory=list)
