"""Journeys: who enters, and the steps they go through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, Tag, model_validator

from .conditions import Condition
from .parts import Part, Scalar, kind_among
from .triggers import AtTrigger, EntersTrigger, LeavesTrigger, Misfire, Trigger
from .values import EventName, Name, PositiveDuration


class Send(Part):
    """Send a message over the first channel of ``via`` that can reach the customer."""

    send: str
    via: list[str] | None = None
    id: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_channel(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(value.get("via"), str):
            return {**value, "via": [value["via"]]}
        return value


class If(Part):
    """Go one way or the other."""

    if_: Condition = Field(alias="if")
    then: list[Step]
    else_: list[Step] = Field(default_factory=list, alias="else")
    id: Name | None = None


class Set(Part):
    """Set declared attributes of the customer."""

    set: Annotated[dict[str, Scalar | None], Field(min_length=1)]
    id: Name | None = None


class Emit(Part):
    """Record an event of the customer; segments and triggers see it from the next run on."""

    emit: EventName
    properties: dict[str, Scalar] = Field(default_factory=dict)
    id: Name | None = None


class Exit(Part):
    """Leave the journey here; the text is the reason that is kept."""

    exit: Annotated[str, Field(min_length=1, max_length=80)] = "exit"
    id: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and value.get("exit") is True:
            return {**value, "exit": "exit"}
        return value


STEPS = {"send": Send, "if": If, "set": Set, "emit": Emit, "exit": Exit}


def _bare_exit(value: object) -> object:
    return {"exit": "exit"} if value == "exit" else value


Step = Annotated[
    Annotated[Send, Tag("send")]
    | Annotated[If, Tag("if")]
    | Annotated[Set, Tag("set")]
    | Annotated[Emit, Tag("emit")]
    | Annotated[Exit, Tag("exit")],
    Discriminator(
        kind_among(STEPS),
        custom_error_type="unknown_step",
        custom_error_message=f"unknown step; a step is one of {', '.join(STEPS)}",
    ),
    BeforeValidator(_bare_exit),
]

Again = Literal["never", "always"] | PositiveDuration


class Journey(Part):
    """One journey: its trigger, who may enter again, its steps.

    Without ``again``, a customer enters ``always`` where the entry key names the occasion (an
    event, an occurrence, a day) and ``never`` again where it is a change of segment or a broadcast.
    """

    when: Trigger
    again: Again | None = None
    existing: StrictBool = False
    misfire: Misfire | None = None
    steps: Annotated[list[Step], Field(min_length=1)]

    @property
    def may_enter_again(self) -> Again:
        """``again`` as it counts: written, or by the kind of trigger."""
        if self.again is not None:
            return self.again
        return (
            "never"
            if isinstance(self.when, EntersTrigger | LeavesTrigger | AtTrigger)
            else "always"
        )

    @model_validator(mode="after")
    def _existing_is_possible(self) -> Self:
        if self.existing and isinstance(self.when, LeavesTrigger):
            raise ValueError("existing: true has no meaning with leaves: nobody is inside")
        return self


If.model_rebuild()
