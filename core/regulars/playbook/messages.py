"""Topics, messages and the channels they go out on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from regulars.hooks.kinds import Medium
from regulars.values import PositiveDuration

from .parts import Offered, Part

ADDRESS: Mapping[Medium, str] = {"email": "email", "text": "phone", "data": "id"}


class Channel(Offered):
    """One channel; the words that are not here are the settings of the plugin that it uses.

    ``to`` is the attribute that holds the address; by default ``email`` for e-mail, ``phone`` for
    text and the customer's id for data.
    """

    to: str | None = None

    def address_attribute(self, medium: Medium) -> str:
        """The attribute that holds the address for messages of ``medium``."""
        return self.to or ADDRESS[medium]


class Topic(Part):
    """What a customer can say yes or no to."""

    title: Annotated[str, Field(min_length=1)]
    basis: Literal["opt_in", "opt_out", "transactional"]


class MessagePart(Part):
    """What a message says on one channel.

    E-mail has a ``subject``, an optional ``preheader`` and ``layout``, and a ``body`` in Markdown
    or a ``template`` file; ``text`` replaces the plain-text part that is made by itself. A text
    message has ``text`` or a ``template`` (``.txt.j2``) alone. ``data`` is a mapping of templates
    for a channel that takes fields.
    """

    subject: str | None = None
    preheader: str | None = None
    body: str | None = None
    template: str | None = None
    layout: str | None = None
    text: str | None = None
    data: dict[str, str] | None = None

    @property
    def medium(self) -> Medium:
        """How the part is rendered: as an e-mail, a text or a mapping of fields."""
        if self.data is not None:
            return "data"
        return "email" if self.subject is not None else "text"

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.body is not None and self.template is not None:
            raise ValueError("give either body or template, not both")
        if self.data is not None:
            others = self.model_fields_set - {"data"}
            if others:
                raise ValueError(f"data stands alone; take out {', '.join(sorted(others))}")
        elif self.subject is not None:
            if self.body is None and self.template is None:
                raise ValueError("an e-mail needs a body or a template beside its subject")
        elif self.body is not None or self.preheader is not None or self.layout is not None:
            raise ValueError("an e-mail needs a subject; a text message has only text")
        elif (self.text is None) == (self.template is None):
            raise ValueError("write a subject with a body, or a text, or data")
        return self


class Approve(Part):
    """A person must agree when a run would write to more than ``above`` customers."""

    above: Annotated[StrictInt, Field(ge=1)]


class Message(Part):
    """One message: its topic and a part for each channel it may go out on.

    ``max_lateness`` counts from the instant at which it was due: when what let the customer in
    happened, or when the wait before it was over. ``approve`` says whether a person must agree
    before it goes out.
    """

    topic: str | None = None
    max_lateness: PositiveDuration | None = None
    delivery: Literal["at_most_once", "at_least_once"] = "at_most_once"
    approve: Approve | StrictBool = False
    parts: dict[str, MessagePart] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_parts(cls, value: Any) -> Any:
        """Channel names stand beside ``topic``; gather them under ``parts``."""
        if not isinstance(value, Mapping) or "parts" in value:
            return value
        words = {key: item for key, item in value.items() if key in OWN_WORDS}
        return {**words, "parts": {k: item for k, item in value.items() if k not in OWN_WORDS}}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.parts:
            raise ValueError("a message needs a part for at least one channel")
        return self


# A message's own words; the others beside them are names of channels.
OWN_WORDS = tuple(word for word in Message.model_fields if word != "parts")
