"""``models: {nps: {use: nps, answer: survey.answer}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from regulars.hooks import ModelKind, Output, PositiveDuration, Reads, Settings

from regulars_models.amounts import EventProperty  # noqa: TC001 (pydantic reads it)
from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping

TOP = 10
GROUPS = ("promoter", "passive", "detractor")


class Nps(Settings):
    """The property that holds the ``answer``, from 0 to 10; older ones than ``within`` are over."""

    answer: Annotated[EventProperty, Field(description="event and property, as survey.answer")]
    within: Annotated[PositiveDuration, Field(description="how long an answer holds")] = (
        PositiveDuration.parse("1y")
    )


def _outputs(_config: Nps) -> Mapping[str, Output]:
    return {
        "answer": Output("the last answer, 0 to 10", low=0, high=TOP),
        "group": Output("promoter, passive or detractor", "text", one_of=GROUPS),
    }


_ANSWERS = f"{__package__}.answers"
NPS = ModelKind(
    "nps",
    "The net promoter score of the shop, and what each customer answered",
    Nps,
    _outputs,
    lambda config: Reads(amounts=[config.answer]),
    late(_ANSWERS, "fit"),
    late(_ANSWERS, "score"),
)
