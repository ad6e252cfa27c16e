"""Traits: one computed value a customer, from their events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from regulars.values import PositiveDuration

from .conditions import OneComparison
from .parts import Offered, Part, kind_among

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


class PluginTrait(Offered):
    """A trait that a plugin offers; its settings are the plugin's own."""


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
        kind_among(MODELS),
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
