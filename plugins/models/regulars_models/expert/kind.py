"""``models: {soon: {use: expert, event: order, within: 30d, start: 10%, rules: […]}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator
from regulars.hooks import ModelKind, Percentage

from regulars_models.late import late
from regulars_models.soon.horizon import Horizon
from regulars_models.traits import Traits  # noqa: TC001 (pydantic reads it)

from .rules import Rule  # noqa: TC001 (pydantic reads it)

if TYPE_CHECKING:
    from regulars.hooks import Reads


class Expert(Horizon):
    """How likely ``event`` comes ``within`` that time, as somebody who knows it says.

    Nobody needs data for that. ``strength`` says how many customers watched for such a time weigh
    as much as that word.
    """

    start: Annotated[Percentage, Field(description="how likely it is of whom no rule holds")]
    rules: Annotated[tuple[Rule, ...], Field(description="what makes it more or less likely")] = ()
    traits: Annotated[
        Traits, Field(description="traits that the data may speak about besides")
    ] = ()
    strength: Annotated[
        float, Field(gt=0, le=1e9, description="how many customers the expert's word weighs")
    ] = 200

    @model_validator(mode="after")
    def _may_be_wrong(self) -> Self:
        if not 0 < self.start.share < 1:
            raise ValueError("start: nothing is impossible, nor certain; write 10% or so")
        said = [str(rule) for rule in self.rules]
        for rule in said:
            if said.count(rule) > 1:
                raise ValueError(f"rules: '{rule}' stands there twice; say it once")
        return self

    def all_traits(self) -> tuple[str, ...]:
        """Those of the rules, and the others."""
        return tuple(dict.fromkeys([*(rule.trait for rule in self.rules), *self.traits]))


def _reads(config: Expert) -> Reads:
    return config.reads(config.all_traits())


_LEARNING = f"{__package__}.learning"
EXPERT = ModelKind(
    "expert",
    "How likely an event is: rules that people write, until the data know better",
    Expert,
    Expert.outputs,
    _reads,
    late(_LEARNING, "learn"),
    late(_LEARNING, "score"),
    explain=late(_LEARNING, "explain"),
)
