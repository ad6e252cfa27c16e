"""Journeys: who enters, and the steps they go through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    Tag,
    model_validator,
)

from regulars.values import EventName, Name, PositiveDuration

from .conditions import Condition
from .parts import Part, Scalar, kind_among
from .times import LocalMoment
from .triggers import AtTrigger, EntersTrigger, LeavesTrigger, Misfire, Trigger

EXIT_WHEN, REMOVED = "exit_when", "removed"  # why somebody left, when no ``exit`` step says it


class Send(Part):
    """Send a message over the first channel of ``via`` that can reach the customer.

    Its templates know the arm that ``experiment`` gives to those who are written to.
    """

    send: str
    via: Annotated[list[str], Field(min_length=1)] | None = None
    experiment: str | None = None
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


class Until(Part):
    """The next time that a clock on the customer's wall shows this."""

    until: LocalMoment


def _way_of_waiting(value: object) -> str:
    return "until" if isinstance(value, Mapping | Until) else "duration"


class Wait(Part):
    """Stay here for a while, or until a local time of the customer's."""

    wait: Annotated[
        Annotated[PositiveDuration, Tag("duration")] | Annotated[Until, Tag("until")],
        Discriminator(_way_of_waiting),
    ]
    id: Name | None = None


class WaitFor(Part):
    """Stay here until the condition holds, or ``at_most`` that long.

    What the customer did counts from the entry on. ``then`` is done when it holds, ``else`` when
    the time is over.
    """

    wait_for: Condition
    at_most: PositiveDuration
    then: list[Step] = Field(default_factory=list)
    else_: list[Step] = Field(default_factory=list, alias="else")
    id: Name | None = None


class Split(Part):
    """Go the way of the arm that the experiment gives the customer; an arm without one goes on."""

    split: str
    arms: Annotated[dict[Name, list[Step]], Field(min_length=1)]
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

    @model_validator(mode="after")
    def _reason_is_its_own(self) -> Self:
        if self.exit in (EXIT_WHEN, REMOVED):
            raise ValueError(f"'{self.exit}' is a reason of regulars' own; write another one")
        return self


STEPS = {
    "send": Send,
    "wait": Wait,
    "wait_for": WaitFor,
    "if": If,
    "split": Split,
    "set": Set,
    "emit": Emit,
    "exit": Exit,
}


def _bare_exit(value: object) -> object:
    return {"exit": "exit"} if value == "exit" else value


Step = Annotated[
    Annotated[Send, Tag("send")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[WaitFor, Tag("wait_for")]
    | Annotated[If, Tag("if")]
    | Annotated[Split, Tag("split")]
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

    ``goal`` says whom it has brought to what it is for, ``exit_when`` who leaves it at once; in
    both, what the customer did counts from the entry on. Of journeys that compete for a customer
    the one with the higher ``priority`` writes first.

    Without ``again``, a customer enters ``always`` where the entry key names the occasion (an
    event, an occurrence, a day) and ``never`` again where it is a change of segment or a broadcast.
    """

    when: Trigger
    again: Again | None = None
    existing: StrictBool = False
    misfire: Misfire | None = None
    priority: Annotated[StrictInt, Field(ge=-1000, le=1000)] = 0
    goal: Condition | None = None
    exit_when: Condition | None = None
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


for _model in (If, WaitFor, Split):
    _model.model_rebuild()
