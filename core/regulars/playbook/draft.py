"""The draft: a playbook while it is being checked, as far as it is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from regulars.errors import Problem
from regulars.hooks import Plugins

from .conditions import Condition
from .experiments import Experiment
from .journeys import Journey
from .links import Links
from .messages import Channel, Message, Topic
from .models import Model
from .playbook import Attribute
from .policy import Policy
from .positions import Document
from .retention import Retention
from .sources import Source
from .traits import Trait

SECTIONS: Mapping[str, Any] = {
    "sources": Source,
    "traits": Trait,
    "models": Model,
    "segments": Condition,
    "channels": Channel,
    "topics": Topic,
    "messages": Message,
    "experiments": Experiment,
    "journeys": Journey,
}
# Parts that a playbook has once.
SINGLE: Mapping[str, Any] = {"policy": Policy, "links": Links, "retention": Retention}


@dataclass
class Draft:
    """What is known so far: valid parts by section and name, and every problem found.

    ``single`` holds the valid ones of the parts that a playbook has once.

    A part with a problem of its own is ``broken``: it is missing in ``parts``, or there without
    what is wrong in it. Its name still counts as declared, so that one mistake is told once.
    """

    document: Document
    path: Path
    plugins: Plugins
    parts: dict[str, dict[str, Any]] = field(default_factory=lambda: {s: {} for s in SECTIONS})
    single: dict[str, Any] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    identities: list[str] = field(default_factory=list)
    settings: dict[tuple[str, str], BaseModel] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, problems: Iterable[Problem]) -> None:
        """Keep ``problems``."""
        self.problems.extend(problems)

    def whole(self, section: str) -> bool:
        """Whether no part of ``section`` is broken."""
        return all(broken != section for broken, _ in self.broken)

    def declared(self, section: str) -> Mapping[str, Any]:
        """The names in ``section``, those of parts with problems too."""
        return self.document.section(section)

    def declared_attributes(self) -> Mapping[str, Any]:
        """The names of the declared attributes, those with problems too."""
        return self.document.section("customer", "attributes")
