"""The model as a playbook names it: ``{use: churn, starts: subscribed, ends: cancelled}``.

Of a shop, where nobody cancels: ``{use: churn, event: order, silent: 90d}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator
from regulars.hooks import DAY, Foresees, ModelKind, Output, PositiveDuration, Reads, Settings

from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks import Duration

MONTH = PositiveDuration.parse("30d")
CUTOFFS = 12  # that are looked back at, each a horizon before the one after it


class ChurnSettings(Settings):
    """A subscription that ``starts`` and ``ends``, or an ``event`` that stays away so long."""

    starts: Annotated[str | None, Field(description="the event that begins a subscription")] = None
    ends: Annotated[str | None, Field(description="the event that ends it")] = None
    horizon: Annotated[
        PositiveDuration | None, Field(description="how far ahead the risk is told; 30d")
    ] = None
    event: Annotated[str | None, Field(description="the event of a shop, such as order")] = None
    silent: Annotated[
        PositiveDuration | None, Field(description="who does without it so long is gone")
    ] = None
    traits: Annotated[tuple[str, ...], Field(description="traits to tell customers apart by")] = ()
    method: Annotated[
        Literal["hazard", "weibull", "kaplan-meier"], Field(description="how leaving is learned")
    ] = "hazard"

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        subscription, shop = (self.starts, self.ends), (self.event, self.silent)
        if any(subscription) == any(shop) or None in (shop if any(shop) else subscription):
            raise ValueError(
                "write starts and ends, the two events of a subscription, or event and silent,"
                " how long that event stays away from who is gone"
            )
        if self.starts is not None and self.starts == self.ends:
            raise ValueError(
                f"starts and ends: both are '{self.starts}', and one event can't do both; write the"
                " one that ends it"
            )
        if self.event is not None and self.horizon is not None:
            raise ValueError("horizon: in a shop it is as long as silent; leave it out")
        if len(set(self.traits)) < len(self.traits):
            raise ValueError("traits: one is written twice; write each once")
        if self.method == "kaplan-meier" and self.traits:
            raise ValueError("traits: kaplan-meier looks at none; leave them out, or write hazard")
        return self

    @property
    def within(self) -> int:
        """How far ahead the risk is told, in microseconds; a month has 30 days."""
        return _micros(self.silent or self.horizon or MONTH)

    @property
    def cutoffs(self) -> list[int]:
        """How long before now it looks back at what was known then.

        Survival that looks at time alone knows that of every instant.
        """
        of_pauses = self.method == "weibull" and self.event is not None
        if self.method != "hazard" and not self.traits and not of_pauses:
            return []
        return [self.within * (1 + back) for back in range(CUTOFFS)]


def _micros(duration: Duration) -> int:
    return duration.micros + 30 * DAY * duration.months


def _outputs(config: ChurnSettings) -> Mapping[str, Output]:
    if config.event is None:
        unit = f"probability of '{config.ends}' within {config.horizon or MONTH}"
        foreseen = Foresees(str(config.ends), config.within)
    else:
        unit = f"probability of no '{config.event}' within {config.silent}"
        foreseen = Foresees(config.event, config.within, "none")
    return {
        "risk": Output(unit, low=0, high=1, foresees=foreseen),
        "median_time": Output("time when half of such customers are gone", "time"),
    }


def _reads(config: ChurnSettings) -> Reads:
    events = [event for event in (config.starts, config.ends, config.event) if event]
    return Reads(events=events, traits=config.traits, cutoffs=config.cutoffs)


_SCORING = f"{__package__}.scoring"
CHURN = ModelKind(
    "churn",
    "How likely a customer is to leave, and when",
    ChurnSettings,
    _outputs,
    _reads,
    late(f"{__package__}.fitting", "fit"),
    late(_SCORING, "score"),
    late(_SCORING, "inputs"),
    late(_SCORING, "explain"),
)
