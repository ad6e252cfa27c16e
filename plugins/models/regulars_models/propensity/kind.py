"""``models: {soon: {use: propensity, event: order, within: 30d, traits: [spend, last_order]}}``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator
from regulars.hooks import ModelKind

from regulars_models.late import late
from regulars_models.soon.horizon import Horizon
from regulars_models.traits import Traits  # noqa: TC001 (pydantic reads it)

if TYPE_CHECKING:
    from regulars.hooks import Reads


class Propensity(Horizon):
    """How likely ``event`` comes ``within`` that time, by ``traits``."""

    traits: Annotated[Traits, Field(min_length=1, description="traits to tell customers apart by")]
    method: Annotated[
        Literal["logistic", "trees"], Field(description="a regression, or boosted trees")
    ] = "logistic"

    @model_validator(mode="after")
    def _is_installed(self) -> Self:
        if self.method == "trees" and find_spec("sklearn") is None:
            raise ValueError(
                "method: trees need scikit-learn; run pip install 'regulars[ml]', "
                "or write method: logistic"
            )
        return self


def _reads(config: Propensity) -> Reads:
    return config.reads(config.traits)


_LEARNING = f"{__package__}.learning"
PROPENSITY = ModelKind(
    "propensity",
    "How likely it is that an event comes soon",
    Propensity,
    Propensity.outputs,
    _reads,
    late(_LEARNING, "learn"),
    late(_LEARNING, "score"),
    explain=late(_LEARNING, "explain"),
)
