"""The model as a playbook names it: ``models: {rhythm: {use: purchase-rhythm, event: order}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from regulars.hooks import ModelKind, Output, Reads, Settings

from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class RhythmSettings(Settings):
    """Whose rhythm it is: that of the event, on each customer's own clock."""

    event: Annotated[str, Field(description="the event that comes again and again")]


def _outputs(_config: RhythmSettings) -> Mapping[str, Output]:
    return {
        "next_order": Output("time of the next order, to the hour", "time"),
        "overdue": Output("share of the customer's own gaps that end sooner", low=0, high=1),
        "weekday": Output("weekday on which the customer comes most", "text", one_of=WEEKDAYS),
    }


def _reads(config: RhythmSettings) -> Reads:
    return Reads(events=[config.event], attributes=["timezone"])


_SCORING = f"{__package__}.scoring"
RHYTHM = ModelKind(
    "purchase-rhythm",
    "When a customer comes next, by their own weekday, hour and gaps",
    RhythmSettings,
    _outputs,
    _reads,
    late(f"{__package__}.fitting", "fit"),
    late(_SCORING, "score"),
    late(_SCORING, "inputs"),
    late(_SCORING, "explain"),
)
