"""``models: {recommend: {use: recommend, event: order, item: item}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator
from regulars.hooks import ModelKind, Output, Percentage, PositiveDuration, Reads, Settings

from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

Name = Annotated[str, Field(min_length=1)]


class Recommend(Settings):
    """Which ``item`` of which ``event`` to show again or anew, and how to choose.

    What was bought one ``fade`` before counts half. ``once`` are the items that nobody buys twice,
    or true for all of them. ``catalogue`` is a table beside the playbook: its column called as
    ``item`` lists what is on offer, ``in_stock`` and ``once`` say yes or no, and what ``content``
    compares are the others.
    """

    event: Annotated[Name, Field(description="the event that is a purchase, such as order")]
    item: Annotated[Name, Field(description="its property that names the item")] = "item"
    method: Annotated[
        Literal["buy-again", "item-item", "factors", "content", "popular"],
        Field(description="how to choose"),
    ] = "buy-again"
    show: Annotated[int, Field(ge=1, le=20, description="how many items a list has")] = 3
    explore: Annotated[
        Percentage, Field(description="the chance of a place to show an item beside the habit")
    ] = Percentage(0.0)
    catalogue: Annotated[Name | None, Field(description="a CSV file beside the playbook")] = None
    once: Annotated[
        bool | tuple[Name, ...], Field(description="items that nobody buys twice, or true")
    ] = ()
    fade: Annotated[
        PositiveDuration, Field(description="how old a purchase is that counts half")
    ] = PositiveDuration.parse("180d")
    hold: Annotated[
        PositiveDuration, Field(description="the time on which methods are compared")
    ] = PositiveDuration.parse("30d")

    @model_validator(mode="after")
    def _content_has_a_catalogue(self) -> Self:
        if self.method == "content" and self.catalogue is None:
            raise ValueError("content compares what a catalogue says of items; write catalogue")
        return self


def _outputs(_config: Recommend) -> Mapping[str, Output]:
    return {
        "items": Output("items, the best first", "list"),
        "first": Output("the best item", "text"),
        "explored": Output("the items that are shown to learn, beside the habit", "list"),
    }


def _reads(config: Recommend) -> Reads:
    files = [] if config.catalogue is None else [config.catalogue]
    ids = ["id"] if config.explore.share else []  # by which chance tells customers apart
    return Reads(texts=[f"{config.event}.{config.item}"], attributes=ids, files=files)


RECOMMEND = ModelKind(
    "recommend",
    "Items to show to a customer, by what they and others bought",
    Recommend,
    _outputs,
    _reads,
    late(f"{__package__}.fitting", "fit"),
    late(f"{__package__}.scoring", "score"),
    late(f"{__package__}.scoring", "inputs"),
)
