"""The roots of all parts of a playbook: what they have in common, and how they are told apart.

Unknown words are errors, nothing changes after loading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr

from regulars.hooks.kinds import (
    AllocationKind,
    AnalysisKind,
    ConditionKind,
    ModelKind,
    Settings,
    TraitKind,
    TriggerKind,
)
from regulars.values import Name

Kind = TypeVar(
    "Kind",
    bound=ConditionKind | TraitKind | TriggerKind | ModelKind | AnalysisKind | AllocationKind,
)
Number = StrictInt | StrictFloat
Scalar = StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, "text"]


class Part(BaseModel):
    """A mapping of the playbook whose words are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Offered(Part):
    """A part that a plugin offers; the words that are not here are the plugin's own settings."""

    model_config = ConfigDict(extra="allow")

    use: Name

    @property
    def settings(self) -> Mapping[str, Any]:
        """The plugin's own settings, as written."""
        return self.model_extra or {}

    def configured(self, kinds: Mapping[str, Kind]) -> tuple[Kind, Settings]:
        """What it uses of ``kinds``, and the settings as that one's own model."""
        kind = kinds[self.use]
        return kind, kind.config.model_validate(dict(self.settings))


def kind_among(
    models: Mapping[str, type[Part]], otherwise: str | None = None
) -> Callable[[object], str | None]:
    """What tells which of ``models`` a value is, by the word in it that names the model.

    ``otherwise`` stands for a value that is none of them.
    """
    # a plugin's settings may have any name, so `use` is looked for first
    words = sorted(models, key=lambda word: word != "use")

    def kind(value: object) -> str | None:
        if isinstance(value, Part):
            return next((word for word in words if type(value) is models[word]), otherwise)
        if isinstance(value, Mapping):
            return next((word for word in words if word in value), otherwise)
        return otherwise

    return kind
