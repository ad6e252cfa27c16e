"""``models: {life: {use: stage, event: order, interest: [visit]}}``: settings and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator
from regulars.hooks import ModelKind, Output, PositiveDuration, Reads, Settings

from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping

Bound = Annotated[float | None, Field(allow_inf_nan=False)]
YEAR = PositiveDuration.parse("1y")


class Rule(Settings):
    """So many of an ``event`` ``within`` a time, or so much of a ``trait``."""

    event: Annotated[str | None, Field(description="an event that is counted")] = None
    trait: Annotated[str | None, Field(description="a trait that is compared")] = None
    at_least: Bound = None
    at_most: Bound = None
    within: Annotated[PositiveDuration | None, Field(description="of an event: how long ago")] = (
        None
    )

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.event is None) == (self.trait is None):
            raise ValueError("a rule is about an event or about a trait: write one of them")
        if self.trait is not None and self.within is not None:
            raise ValueError("within is for events; a trait has its own")
        if self.trait is not None and self.at_least is None and self.at_most is None:
            raise ValueError("compare the trait: write at_least or at_most")
        return self

    @model_validator(mode="after")
    def _somebody_and_not_everybody(self) -> Self:
        least, most = self.at_least, self.at_most
        if least is not None and most is not None and least > most:
            raise ValueError(f"at_least is {least:g} and at_most {most:g}: nobody has both")
        if self.event is None:
            return self
        if least is not None and least <= 0:
            raise ValueError(f"at_least: everybody has {least:g} events; write 1 or more")
        if most is not None and most < 0:
            raise ValueError(f"at_most: nobody has {most:g} events; write 0 or more")
        return self


class Stage(Settings):
    """The rules of the stages: a customer is in the last stage all of whose rules hold.

    Without ``stages``: aware is everybody; consideration, one of ``interest`` ``within`` the time;
    purchase, the ``event`` once; retention, twice within that time; loyalty, ``loyal`` times.
    """

    event: Annotated[str | None, Field(description="what a customer comes for, such as order")] = (
        None
    )
    interest: Annotated[tuple[str, ...], Field(description="events that show interest")] = ()
    within: Annotated[PositiveDuration, Field(description="how far back is looked")] = YEAR
    loyal: Annotated[int, Field(ge=2, description="so many events are loyalty")] = 5
    stages: Annotated[
        dict[str, tuple[Rule, ...]] | None, Field(min_length=1, description="your own, in order")
    ] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.stages is None:
            if self.event is None:
                raise ValueError("write the event that customers come for, or stages of your own")
            return self
        if written := sorted(self.model_fields_set - {"stages"}):
            raise ValueError(
                f"stages of your own exclude {', '.join(written)}; write what that says into"
                " the rules of the stages, or leave stages out"
            )
        return self

    def rules(self) -> Mapping[str, tuple[tuple[Rule, ...], ...]]:
        """The stages in order; one holds where all rules of one of its ways do."""
        if self.stages is not None:
            return {name: (rules,) for name, rules in self.stages.items()}
        event, within = self.event, self.within
        return {
            "awareness": ((),),
            "consideration": tuple((Rule(event=e, within=within),) for e in self.interest),
            "purchase": ((Rule(event=event),),),
            "retention": ((Rule(event=event, at_least=2, within=within),),),
            "loyalty": ((Rule(event=event, at_least=self.loyal, within=within),),),
        }


def _outputs(config: Stage) -> Mapping[str, Output]:
    stages = tuple(config.rules())
    last = len(stages)
    return {
        "stage": Output("the name of the stage", "text", one_of=stages),
        "step": Output(f"1 to {last}, the last is furthest", low=1, high=last),
    }


def _reads(config: Stage) -> Reads:
    rules = [rule for ways in config.rules().values() for way in ways for rule in way]
    events = [rule.event for rule in rules if rule.event is not None]
    traits = [rule.trait for rule in rules if rule.trait is not None]
    return Reads(events=list(dict.fromkeys(events)), traits=list(dict.fromkeys(traits)))


_RULES = f"{__package__}.rules"
STAGE = ModelKind(
    "stage",
    "From awareness to loyalty, by rules",
    Stage,
    _outputs,
    _reads,
    late(_RULES, "fit"),
    late(_RULES, "score"),
)
