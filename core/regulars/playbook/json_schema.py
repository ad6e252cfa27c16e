"""The JSON Schema of a playbook, with every plugin's settings, for editors to complete from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, Field
from pydantic.errors import PydanticInvalidForJsonSchema

from regulars.hooks import Plugins
from regulars.values import Name

from .conditions import Condition
from .experiments import Experiment
from .journeys import Journey
from .links import Links
from .messages import Channel, Message, Topic
from .models import Model
from .parts import Part
from .playbook import CustomerProfile
from .policy import Policy
from .retention import Retention
from .secrets import NAME as VARIABLE
from .sources import Source
from .traits import Trait

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCALARS = {"string", "number", "integer", "boolean"}
ENV = {
    "description": "The value of an environment variable; it is never printed.",
    "type": "object",
    "properties": {"env": {"type": "string", "pattern": f"^{VARIABLE.pattern}$"}},
    "required": ["env"],
    "additionalProperties": False,
}
NOTHING: dict[str, Any] = {"not": {}}  # no plugin offers any
ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

# What of the language a plugin may offer: the model's definition, and the plugins' family.
OFFERED = {
    "Source": "connectors",
    "Channel": "channels",
    "Model": "models",
    "PluginCondition": "conditions",
    "PluginTrait": "traits",
    "PluginTrigger": "triggers",
    "Decide": "analyses",
    "Allocation": "allocations",
}


class PlaybookFile(Part):
    """One client's whole engagement programme."""

    playbook: Name = Field(description="The client's id.")
    extends: str | None = Field(None, description="A playbook to build on; this file wins.")
    timezone: str | None = Field(None, description="For a customer without one of their own.")
    locale: str | None = Field(None, description="Such as en_US.")
    currency: str | None = Field(None, description="Its three letters, such as USD.")
    store: str | None = Field(None, description="A database URL, such as sqlite:///shop.db.")
    plugins: list[str] | None = Field(None, description="Plugins to allow, and plugin files.")
    customer: CustomerProfile | None = None
    sources: dict[Name, Source] | None = None
    traits: dict[Name, Trait] | None = None
    models: dict[Name, Model] | None = None
    segments: dict[Name, Condition] | None = None
    channels: dict[Name, Channel] | None = None
    topics: dict[Name, Topic] | None = None
    messages: dict[Name, Message] | None = None
    experiments: dict[Name, Experiment] | None = None
    policy: Policy | None = None
    links: Links | None = None
    retention: Retention | None = None
    journeys: dict[Name, Journey] | None = None


def json_schema(plugins: Plugins) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a whole playbook file.

    ``playbook`` is not required, because a file that others extend may leave it to them.
    """
    schema = PlaybookFile.model_json_schema()
    schema.pop("required", None)
    definitions: dict[str, Any] = schema.pop("$defs")
    for name, family in OFFERED.items():
        definitions[name] = _variants(definitions[name], getattr(plugins, family), definitions)
    _as_written(definitions)
    for definition in definitions.values():
        _allow_env(definition)
    _allow_env(schema)
    _refuse_other_names(schema)
    definitions["Env"] = ENV
    schema |= {"$schema": DIALECT, "title": "A regulars playbook", "$defs": definitions}
    return schema


# ------------------------------------------------------------------ plugins


def _variants(
    own: Mapping[str, Any], kinds: Mapping[str, Any], definitions: dict[str, Any]
) -> dict[str, Any]:
    """One schema for each plugin that may stand here, told apart by ``use``."""
    variants = [_variant(own, kind, definitions) for kind in kinds.values()]
    described = {key: own[key] for key in ("description", "title") if key in own}
    return {**described, "oneOf": variants} if variants else NOTHING


def _variant(own: Mapping[str, Any], kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    settings = _settings(kind, definitions)
    return {
        "type": "object",
        "title": kind.name,
        "description": kind.summary,
        "properties": {
            **settings.get("properties", {}),
            **deepcopy(own["properties"]),
            "use": {"const": kind.name, "description": kind.summary},
        },
        "required": [*own.get("required", ["use"]), *settings.get("required", [])],
        "additionalProperties": settings.get("additionalProperties", False),
    }


def _settings(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a plugin's settings; what it refers to goes into ``definitions``."""
    prefix = f"{type(kind).__name__}.{kind.name}."
    config: type[BaseModel] = kind.config
    try:
        settings = config.model_json_schema(ref_template=f"#/$defs/{prefix}{{model}}")
    except PydanticInvalidForJsonSchema:  # a type of the plugin's own: any settings may be right
        return {"additionalProperties": True}
    for name, definition in settings.pop("$defs", {}).items():
        definitions[prefix + name] = definition
    return settings


# ------------------------------------------------------------------ what may be written shorter


def _as_written(definitions: dict[str, Any]) -> None:
    """Say how a part is written where that is not how it is kept."""
    message = definitions["Message"]
    message["additionalProperties"] = message["properties"].pop("parts")["additionalProperties"]
    definitions["Send"]["properties"]["via"] = ONE_OR_MORE
    reason = definitions["Exit"]["properties"]["exit"]
    definitions["Exit"]["properties"]["exit"] = {"anyOf": [reason, {"const": True}]}
    definitions["Exit"]["required"] = ["exit"]
    definitions["Exit"] = {"anyOf": [{"const": "exit"}, definitions["Exit"]]}
    kinds = definitions["Attribute"]["properties"]["type"]
    definitions["Attribute"] = {"anyOf": [kinds, definitions["Attribute"]]}
    experiment = definitions["Experiment"]
    experiment["properties"]["by"] = ONE_OR_MORE
    experiment["oneOf"] = [{"required": ["arms"]}, {"required": ["factors"]}]
    experiment["not"] = {"required": ["weights", "allocation"]}


def _refuse_other_names(schema: Any) -> None:
    """Make a name that doesn't look like one an error, not a part that is not looked at."""
    if isinstance(schema, list):
        for item in schema:
            _refuse_other_names(item)
    elif isinstance(schema, dict):
        _refuse_other_names(list(schema.values()))
        if "patternProperties" in schema:
            schema["additionalProperties"] = False


def _allow_env(schema: Any) -> None:
    """Let ``{env: NAME}`` stand for every single value of every mapping in ``schema``."""
    for part in _objects(schema):
        for word, value in part["properties"].items():
            if _is_scalar(value):
                notes = {k: value.pop(k) for k in ("description", "default") if k in value}
                part["properties"][word] = notes | {"anyOf": [value, {"$ref": "#/$defs/Env"}]}


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, list):
        for item in schema:
            yield from _objects(item)
    elif isinstance(schema, dict):
        for inner in list(schema.values()):
            yield from _objects(inner)
        if schema.get("type") == "object" and "properties" in schema:
            yield schema


def _is_scalar(schema: Mapping[str, Any]) -> bool:
    if "const" in schema:
        return False
    return schema.get("type") in SCALARS or any(
        isinstance(choice, dict) and _is_scalar(choice) for choice in schema.get("anyOf", ())
    )
