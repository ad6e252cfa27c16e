"""Conditions: the one set of comparison words, and what they compare.

Segments, triggers, branches, goals and exits all use these and nothing else.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, StrictBool, Tag, model_validator

from regulars.values import Distance, EventName, Percentage, PositiveDuration

from .parts import Number, Offered, Part, Scalar, kind_among
from .times import LocalTime

Text = Annotated[str, Field(min_length=1)]


class Comparison(Part):
    """The comparison words; several in one mapping must all hold."""

    is_: Scalar | None = Field(None, alias="is")
    is_not: Scalar | None = None
    in_: Annotated[list[Scalar], Field(min_length=1)] | None = Field(None, alias="in")
    not_in: Annotated[list[Scalar], Field(min_length=1)] | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    between: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    contains: Text | None = None
    starts_with: Text | None = None
    ends_with: Text | None = None
    known: StrictBool | None = None
    before: LocalTime | None = None
    after: LocalTime | None = None
    within_last: PositiveDuration | None = None
    within_next: PositiveDuration | None = None
    ignore_case: StrictBool = False

    def words(self) -> dict[str, Any]:
        """The comparison words that are written, by their word in the playbook."""
        names = {name: field.alias or name for name, field in Comparison.model_fields.items()}
        written = {names[name]: getattr(self, name) for name in names}
        return {
            word: value
            for word, value in written.items()
            if value is not None and word != "ignore_case"
        }


class OneComparison(Comparison):
    """A comparison that must say something."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.words():
            raise ValueError("say what it is compared with: is, in, at_least, known, …")
        return self


class Quantity(Part):
    """The comparison words for a count or a sum."""

    is_: Number | None = Field(None, alias="is")
    is_not: Number | None = None
    in_: Annotated[list[Number], Field(min_length=1)] | None = Field(None, alias="in")
    not_in: Annotated[list[Number], Field(min_length=1)] | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    between: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None

    def comparison(self) -> Comparison:
        """The same words as a comparison."""
        return Comparison(**{name: getattr(self, name) for name in Quantity.model_fields})


class Group(Part):
    """``all``, ``any``, ``none``: several of them in one mapping are joined with and."""

    all: list[Condition] | None = None
    any: list[Condition] | None = None
    none: list[Condition] | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if type(self) is Group and self.all is None and self.any is None and self.none is None:
            raise ValueError("an empty condition; write one of its words, or all, any, none")
        return self


class AttributeCondition(Group, OneComparison):
    """The profile's value compares so."""

    attribute: str


class TraitCondition(Group, OneComparison):
    """The computed value compares so."""

    trait: str


class ScoreCondition(Group, OneComparison):
    """A model's score, written ``model.score``, compares so."""

    score: str


class Performed(Group, Quantity):
    """The customer's matching events, counted or aggregated, compare so."""

    performed: EventName
    within: PositiveDuration | None = None
    where: dict[str, OneComparison] = Field(default_factory=dict)
    sum: str | None = None
    average: str | None = None
    largest: str | None = None
    smallest: str | None = None
    distinct: str | None = None

    @property
    def aggregate(self) -> tuple[str, str | None]:
        """What is compared: the kind (``count``, ``sum``, …) and the property it reads."""
        for kind in ("sum", "average", "largest", "smallest", "distinct"):
            if getattr(self, kind) is not None:
                return kind, getattr(self, kind)
        return "count", None

    @model_validator(mode="after")
    def _one_aggregate(self) -> Self:
        kinds = [
            kind
            for kind in ("sum", "average", "largest", "smallest", "distinct")
            if getattr(self, kind) is not None
        ]
        if len(kinds) > 1:
            raise ValueError(f"only one of {' and '.join(kinds)} can be compared at a time")
        if kinds and not self.comparison().words():
            raise ValueError(f"say what the {kinds[0]} is compared with: at_least, at_most, …")
        return self


class NotPerformed(Group):
    """No matching event."""

    not_performed: EventName
    within: PositiveDuration | None = None
    where: dict[str, OneComparison] = Field(default_factory=dict)


class InSegment(Group):
    """Inside that segment."""

    segment: str


class Consented(Group):
    """May be sent that topic there."""

    consented: str
    channel: str | None = None


Degrees = Annotated[list[Number], Field(min_length=2, max_length=2)]


class Near(Group):
    """The point attribute lies within that great-circle distance of ``[latitude, longitude]``."""

    near: Degrees
    within: Distance
    attribute: str = "location"

    @model_validator(mode="after")
    def _on_earth(self) -> Self:
        if not (abs(self.near[0]) <= 90 and abs(self.near[1]) <= 180):  # noqa: PLR2004 (degrees)
            raise ValueError("near is [latitude -90 … 90, longitude -180 … 180]")
        return self


class Sample(Group):
    """A stable share of customers, independent between seeds."""

    sample: Percentage
    seed: Annotated[str, Field(min_length=1)]


class PluginCondition(Offered):
    """A condition that a plugin offers; its settings are the plugin's own."""


PLAIN: dict[str, type[Part]] = {
    "performed": Performed,
    "not_performed": NotPerformed,
    "near": Near,
    "attribute": AttributeCondition,
    "trait": TraitCondition,
    "score": ScoreCondition,
    "segment": InSegment,
    "consented": Consented,
    "sample": Sample,
    "use": PluginCondition,
}


Condition = Annotated[
    Annotated[Performed, Tag("performed")]
    | Annotated[NotPerformed, Tag("not_performed")]
    | Annotated[Near, Tag("near")]
    | Annotated[AttributeCondition, Tag("attribute")]
    | Annotated[TraitCondition, Tag("trait")]
    | Annotated[ScoreCondition, Tag("score")]
    | Annotated[InSegment, Tag("segment")]
    | Annotated[Consented, Tag("consented")]
    | Annotated[Sample, Tag("sample")]
    | Annotated[PluginCondition, Tag("use")]
    | Annotated[Group, Tag("group")],
    Discriminator(kind_among(PLAIN, otherwise="group")),
]

Group.model_rebuild()
for _model in PLAIN.values():
    _model.model_rebuild()
