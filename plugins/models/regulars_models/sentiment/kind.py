"""``models: {mood: {use: sentiment, text: review.text, stars: review.stars}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator
from regulars.hooks import ModelKind, Output, PositiveDuration, Reads, Settings

from regulars_models.amounts import EventProperty  # noqa: TC001 (pydantic reads it)
from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping


class Sentiment(Settings):
    """The property with the ``text``; with ``stars``, from 1 to ``best``, it learns from ratings.

    ``method: own`` reads texts by the words of the client's own rated reviews, in any language;
    ``vader`` by a dictionary of English; ``auto`` by the one that was better where both can be
    tried. A text counts half after ``half_life``.
    """

    text: Annotated[EventProperty, Field(description="event and property: review.text")]
    stars: Annotated[
        EventProperty | None, Field(description="the rating beside it: review.stars")
    ] = None
    best: Annotated[int, Field(ge=2, description="the best rating")] = 5
    method: Literal["auto", "own", "vader"] = "auto"
    half_life: Annotated[PositiveDuration, Field(description="a text then counts half")] = (
        PositiveDuration.parse("180d")
    )

    @model_validator(mode="after")
    def _of_one_event(self) -> Self:
        if self.stars and self.stars.partition(".")[0] != self.text.partition(".")[0]:
            raise ValueError(
                "text and stars are properties of one event, as review.text and review.stars"
            )
        return self


def _outputs(_config: Sentiment) -> Mapping[str, Output]:
    mood = Output("-1 to 1, below 0 is unhappy", low=-1, high=1)
    return {"mood": mood, "last": mood}


def _reads(config: Sentiment) -> Reads:
    return Reads(texts=[config.text], amounts=[] if config.stars is None else [config.stars])


_MOODS = f"{__package__}.moods"
SENTIMENT = ModelKind(
    "sentiment",
    "How customers feel, by what they write",
    Sentiment,
    _outputs,
    _reads,
    late(_MOODS, "fit"),
    late(_MOODS, "score"),
)
