"""The playbook: one client's whole engagement programme, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field

from .conditions import Condition
from .experiments import Experiment
from .journeys import Journey
from .links import Links
from .messages import Channel, Message, Topic
from .models import Model
from .parts import Part, Scalar
from .policy import Policy
from .retention import Retention
from .sources import BUILT_IN, Source
from .traits import Trait

AttributeType = Literal["text", "number", "integer", "boolean", "date", "time", "point"]


class Attribute(Part):
    """One declared field of the profile."""

    type: AttributeType
    one_of: Annotated[list[Scalar], Field(min_length=1)] | None = None


def short_form(value: object) -> object:
    """``city: text`` as ``city: {type: text}``."""
    return {"type": value} if isinstance(value, str) else value


class CustomerProfile(Part):
    """What is known of a customer, and what may link two records to one person."""

    attributes: dict[str, Annotated[Attribute, BeforeValidator(short_form)]] = Field(
        default_factory=dict
    )
    identities: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Playbook:
    """A playbook that passed every check.

    ``settings`` holds, by (section, name), the validated settings of each part that a plugin
    offers: ``settings["channels", "email"]`` is an instance of the channel kind's own model.
    ``secrets`` are the values that came from the environment; output is redacted of them.
    """

    id: str
    path: Path
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    locale: str = "en_US"
    currency: str = "USD"
    store: str = ""
    plugins: tuple[str, ...] = ()
    customer: CustomerProfile = field(default_factory=CustomerProfile)
    sources: Mapping[str, Source] = field(default_factory=dict)
    traits: Mapping[str, Trait] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    segments: Mapping[str, Condition] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    experiments: Mapping[str, Experiment] = field(default_factory=dict)
    journeys: Mapping[str, Journey] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    links: Links | None = None
    retention: Retention | None = None
    settings: Mapping[tuple[str, str], BaseModel] = field(default_factory=dict, repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def folder(self) -> Path:
        """The folder that the playbook's files are relative to."""
        return self.path.parent

    def is_transactional(self, message: str) -> bool:
        """Whether ``message`` is about something that the customer asked for, such as an order."""
        topic = self.messages[message].topic
        return topic is not None and self.topics[topic].basis == "transactional"

    def transactional_messages(self) -> list[str]:
        """The messages of transactional topics."""
        return [name for name in self.messages if self.is_transactional(name)]

    def attribute_types(self) -> dict[str, AttributeType]:
        """Every attribute that a condition may name, with its type: built-in and declared."""
        types: dict[str, Any] = dict(BUILT_IN)
        types |= {name: a.type for name, a in self.customer.attributes.items()}
        return types
