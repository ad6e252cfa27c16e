"""The model as a playbook names it: ``models: {rhythm: {use: purchase-rhythm, event: order}}``.

What calculates is loaded when there is something to learn or to score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from regulars.hooks import Fitted, ModelKind, Output, Reads, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelData, Reason

FEWEST = 20  # gaps from which a rhythm can be told


class RhythmSettings(Settings):
    """Whose rhythm it is: that of the event, on each customer's own clock."""

    event: Annotated[str, Field(description="the event that comes again and again")]


def _outputs(_config: RhythmSettings) -> Mapping[str, Output]:
    return {
        "next_order": Output("time of the next order, to the hour", "time"),
        "overdue": Output("share of the customer's own gaps that end sooner", low=0, high=1),
        "weekday": Output("weekday on which the customer comes most", "text"),
    }


def _reads(config: RhythmSettings) -> Reads:
    return Reads(events=[config.event], attributes=["timezone"])


def _fit(config: RhythmSettings, data: ModelData, _seed: int) -> Fitted | str:
    from .fitting import fitted  # noqa: PLC0415 (only when there is something to learn)

    return fitted(data, config.event, FEWEST)


def _score(config: RhythmSettings, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    from .scoring import scores  # noqa: PLC0415 (only when there is something to score)

    return scores(fitted, data, config.event)


def _inputs(config: RhythmSettings, data: ModelData) -> Mapping[str, NDArray[Any]]:
    from .scoring import inputs  # noqa: PLC0415

    return inputs(data, config.event)


def _explain(
    config: RhythmSettings, fitted: Fitted, data: ModelData
) -> Mapping[str, Sequence[Reason]]:
    from .scoring import explained  # noqa: PLC0415

    return explained(fitted, data, config.event)


RHYTHM = ModelKind(
    "purchase-rhythm",
    "When a customer comes next, by their own weekday, hour and gaps",
    RhythmSettings,
    _outputs,
    _reads,
    _fit,
    _score,
    _inputs,
    _explain,
)
