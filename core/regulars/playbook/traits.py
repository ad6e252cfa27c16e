"""Traits: one computed value a customer, from their events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from .conditions import OneComparison
from .parts import Part
from .values import Name, PositiveDuration

KINDS = (
    "count",
    "sum",
    "average",
    "largest",
    "smallest",
    "distinct",
    "first",
    "last",
    "most_common",
)

EventRef = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=160)]
ValueType = Literal["text", "number", "integer", "time"]


class Window(Part):
    """What every trait may narrow: its window and its events."""

    within: PositiveDuration | None = None
    where: dict[str, OneComparison] = Field(default_factory=dict)


class CountTrait(Window):
    """How many matching events."""

    count: EventRef


class SumTrait(Window):
    """The sum of a property; 0 without events."""

    sum: EventRef


class AverageTrait(Window):
    """The mean of a property; unknown without events."""

    average: EventRef


class LargestTrait(Window):
    """The largest value of a property."""

    largest: EventRef


class SmallestTrait(Window):
    """The smallest value of a property."""

    smallest: EventRef


class DistinctTrait(Window):
    """How many different values of a property."""

    distinct: EventRef


class FirstTrait(Window):
    """The time of the first event, or with a property its value then."""

    first: EventRef
    type: Literal["text", "number"] = "text"


class LastTrait(Window):
    """The time of the last event, or with a property its value then."""

    last: EventRef
    type: Literal["text", "number"] = "text"


class MostCommonTrait(Window):
    """The value seen most often; of equals the one seen last."""

    most_common: EventRef
    type: Literal["text", "number"] = "text"


class PluginTrait(Part):
    """A trait that a plugin offers; its settings are the plugin's own."""

    model_config = ConfigDict(extra="allow")

    use: Name

    @property
    def settings(self) -> Mapping[str, Any]:
        """The plugin's own settings, as written."""
        return self.model_extra or {}


MODELS = {
    "count": CountTrait,
    "sum": SumTrait,
    "average": AverageTrait,
    "largest": LargestTrait,
    "smallest": SmallestTrait,
    "distinct": DistinctTrait,
    "first": FirstTrait,
    "last": LastTrait,
    "most_common": MostCommonTrait,
    "use": PluginTrait,
}


def _kind(value: object) -> str | None:
    if isinstance(value, Part):
        return next((word for word, model in MODELS.items() if type(value) is model), None)
    if isinstance(value, Mapping):
        # a plugin's settings may have any name, so `use` is looked for first
        return next((word for word in ("use", *MODELS) if word in value), None)
    return None


Trait = Annotated[
    Annotated[CountTrait, Tag("count")]
    | Annotated[SumTrait, Tag("sum")]
    | Annotated[AverageTrait, Tag("average")]
    | Annotated[LargestTrait, Tag("largest")]
    | Annotated[SmallestTrait, Tag("smallest")]
    | Annotated[DistinctTrait, Tag("distinct")]
    | Annotated[FirstTrait, Tag("first")]
    | Annotated[LastTrait, Tag("last")]
    | Annotated[MostCommonTrait, Tag("most_common")]
    | Annotated[PluginTrait, Tag("use")],
    Discriminator(
        _kind,
        custom_error_type="unknown_trait_kind",
        custom_error_message=f"say what it computes: one of {', '.join(KINDS)}, or use",
    ),
]


def event_and_property(reference: str) -> tuple[str, str | None]:
    """``order.total`` as (``order``, ``total``); ``order`` as (``order``, None).

    Events about messages carry a dot in their name: ``message.opened.link``.
    """
    words = reference.split(".")
    head = 2 if words[0] == "message" else 1
    event, rest = ".".join(words[:head]), ".".join(words[head:])
    return event, rest or None
