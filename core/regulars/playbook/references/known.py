"""Known: the names that a playbook declares, and of what type they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from regulars.errors import Problem
from regulars.playbook.draft import Draft
from regulars.playbook.positions import Path, plain
from regulars.playbook.sources import BUILT_IN, KINDS_OF_CUSTOMER
from regulars.playbook.suggestions import unknown
from regulars.playbook.traits import (
    FirstTrait,
    LastTrait,
    MostCommonTrait,
    PluginTrait,
    event_and_property,
)

from .events import KnownEvents, known_events
from .fitting import Typed
from .telling import Told, told_by_models

NUMBERS = {"count": "integer", "distinct": "integer"}


@dataclass(frozen=True)
class Known:
    """A draft, and what its names mean."""

    draft: Draft

    @cached_property
    def events(self) -> KnownEvents:
        """The events that can come."""
        return known_events(self.draft)

    @cached_property
    def attributes(self) -> Mapping[str, Typed]:
        """Every attribute that is valid, by name."""
        types = {name: Typed(kind) for name, kind in BUILT_IN.items()}
        types["kind"] = Typed("text", KINDS_OF_CUSTOMER)
        for name, attribute in self.draft.attributes.items():
            one_of = None if attribute.one_of is None else tuple(attribute.one_of)
            types[name] = Typed(attribute.type, one_of)
        return types

    def trait(self, name: str) -> Typed | None:
        """What the trait called ``name`` is, if that can be said."""
        trait = self.draft.parts["traits"].get(name)
        if isinstance(trait, PluginTrait):
            kind = self.draft.plugins.traits.get(trait.use)
            return Typed(kind.type) if kind else None
        if isinstance(trait, FirstTrait | LastTrait):
            reference = trait.first if isinstance(trait, FirstTrait) else trait.last
            return Typed(trait.type if event_and_property(reference)[1] else "time")
        if isinstance(trait, MostCommonTrait):
            return Typed(trait.type)
        if trait is None:
            return None
        return Typed(next((t for word, t in NUMBERS.items() if hasattr(trait, word)), "number"))

    @cached_property
    def models(self) -> Mapping[str, Told | str]:
        """What each model says of itself, or why it can't."""
        return told_by_models(self.draft)

    @cached_property
    def scores(self) -> Mapping[str, Typed]:
        """Every score, written ``model.score``, that is known."""
        return {
            f"{model}.{name}": Typed(output.type, self._texts(model, name))
            for model, told in self.models.items()
            if not isinstance(told, str)
            for name, output in told.outputs.items()
        }

    def _texts(self, model: str, name: str) -> tuple[str, ...] | None:
        """The only texts of a model's score, if they are known; an arm's model may say its own."""
        written = self.draft.parts["models"].get(model)
        arms = (written.arms or {}).values() if written is not None else ()
        told = [each for one in (model, *arms) if isinstance(each := self.models.get(one), Told)]
        allowed = [told_by.outputs[name].one_of for told_by in told if name in told_by.outputs]
        texts = [each for each in allowed if each is not None]
        return tuple(dict.fromkeys(chain(*texts))) if len(texts) == len(allowed) else None

    # -------------------------------------------------------------- problems

    def written(self, path: Path, *names: str) -> Path:
        """Where the settings at ``path``, a plugin's own words, write one of ``names``."""
        settings = plain(self.draft.document.entry(path).node)
        return next((at for at in _places(settings, names) if at != ("use",)), ("use",))

    def in_section(
        self, section: str, noun: str, path: Path, at: Path, name: str
    ) -> Iterator[Problem]:
        """The problem of ``name`` at ``at`` below ``path``, if ``section`` doesn't declare it."""
        yield from self.among(self.draft.declared(section), noun, path, at, name)

    def is_attribute(self, path: Path, at: Path, name: str) -> Iterator[Problem]:
        """The problem of ``name``, if no attribute is called that."""
        known = {*BUILT_IN, *self.draft.declared_attributes()}
        yield from self.among(known, "attribute", path, at, name)

    def among(
        self, known: Collection[str], noun: str, path: Path, at: Path, name: str
    ) -> Iterator[Problem]:
        """The problem of ``name``, if it is not one of ``known``."""
        if name not in known:
            yield self.draft.document.problem(path, unknown(noun, name, known), at=at)

    def is_score(self, path: Path, at: Path, name: str) -> Iterator[Problem]:
        """The problem of the score ``name``, written ``model.score``, if no model writes it."""
        model = name.partition(".")[0]
        told = isinstance(self.models.get(model), Told)
        if told or model not in self.draft.declared("models"):
            yield from self.among(self.scores, "score", path, at, name)


def _places(value: Any, names: tuple[str, ...]) -> Iterator[Path]:
    if isinstance(value, str) and value in names:
        yield ()
    below = value.items() if isinstance(value, dict) else ()
    for word, item in enumerate(value) if isinstance(value, list) else below:
        yield from ((word, *rest) for rest in _places(item, names))
