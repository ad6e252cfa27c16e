"""Settings: the words that belong to a plugin, checked against the plugin's own model."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from regulars.errors import PluginError, Problem
from regulars.hooks import Plugins
from regulars.hooks.assembly import disabled_in

from .conditions import PluginCondition
from .draft import Draft
from .extending import is_file
from .locating import words_of
from .messages import Channel
from .models import Model
from .positions import Document, plain
from .positions import Path as PartPath
from .sources import Source
from .traits import PluginTrait
from .triggers import PluginTrigger
from .validating import problems_of, validated
from .walking import all_conditions

WITH_SETTINGS = (
    ("sources", "connectors", Source),
    ("channels", "channels", Channel),
    ("models", "models", Model),
)


def load_plugins(
    document: Document, folder: Path, environ: Mapping[str, str]
) -> tuple[Plugins, list[Problem]]:
    """The plugins that the playbook may use, and what is wrong with its list of them.

    Names in ``plugins:`` are the third-party plugins that are allowed; without a name every
    installed one is. Entries with a slash or ``.py`` are loose files beside the playbook.
    ``REGULARS_DISABLE`` switches plugins off, whatever the playbook says.
    """
    disabled = disabled_in(environ)
    entries, problems = _listed(document)
    files = [folder / name for name in entries if is_file(name)]
    names = [name for name in entries if not is_file(name)]
    allow = names if names or (not files and "plugins" in document.root.entries) else None
    try:
        plugins = Plugins.load(allow=allow, files=files, disabled=disabled)
    except PluginError as error:
        name = next((entry for entry in entries if Path(entry).name in str(error)), "")
        problems.append(_of_plugins(document, entries, name, str(error)))
        return Plugins.load(allow=(), disabled=disabled), problems
    for info in plugins.infos:
        named = info.name in names or info.distribution in map(str, files)
        if info.broken and named:  # the playbook asks for it, so it is wrong whatever it offers
            reason = f"{info} is broken: {info.broken}"
            problems.append(_of_plugins(document, entries, info.name, reason))
    return plugins, problems


def _listed(document: Document) -> tuple[list[str], list[Problem]]:
    if "plugins" not in document.root.entries:
        return [], []
    entries, problems = validated(document, ("plugins",), list[str])
    return entries or [], problems


def _of_plugins(document: Document, entries: list[str], name: str, reason: str) -> Problem:
    """A problem of the entry in ``plugins:`` that names ``name``."""
    named = [place for place, entry in enumerate(entries) if Path(entry).stem == Path(name).stem]
    return document.problem(("plugins",), reason, at=named[:1])


def check_settings(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the settings of plugins; good ones go into ``draft.settings``."""
    for section, family, model in WITH_SETTINGS:
        for name in draft.document.section(section):
            given = plain(draft.document.entry((section, name)).node)
            settings = yield from _of_part(draft, (section, name), family, model, given)
            if settings is not None:
                draft.settings[section, name] = settings
    for path, family, part in _others(draft):
        given = {"use": part.use, **part.settings}
        yield from _of_part(draft, path, family, type(part), given)


def _others(draft: Draft) -> Iterator[tuple[PartPath, str, Any]]:
    for name, trait in draft.parts["traits"].items():
        if isinstance(trait, PluginTrait):
            yield ("traits", name), "traits", trait
    for path, condition in all_conditions(draft.parts["segments"], draft.parts["journeys"]):
        if isinstance(condition, PluginCondition):
            yield path, "conditions", condition
    for name, experiment in draft.parts["experiments"].items():
        if experiment.decide is not None:
            yield ("experiments", name, "decide"), "analyses", experiment.decide
        if experiment.allocation is not None:
            yield ("experiments", name, "allocation"), "allocations", experiment.allocation
    for name, journey in draft.parts["journeys"].items():
        if isinstance(journey.when, PluginTrigger):
            yield ("journeys", name, "when"), "triggers", journey.when


def _of_part(
    draft: Draft, path: PartPath, family: str, model: type[BaseModel], given: Any
) -> Generator[Problem, None, BaseModel | None]:
    if not isinstance(given, dict) or not isinstance(given.get("use"), str):
        return None  # the part itself has that problem
    try:
        kind: Any = draft.plugins.find(family, given["use"])
        words = words_of(model)
        settings: BaseModel = kind.config.model_validate(
            {word: value for word, value in given.items() if word not in words}
        )
    except PluginError as error:
        yield draft.document.problem(path, str(error), at=("use",))
    except ValidationError as error:
        yield from problems_of(draft.document, path, kind.config, error, words)
    except Exception as error:  # noqa: BLE001 (a plugin's validator may raise anything)
        reason = f"the plugin that offers {given['use']} failed: {type(error).__name__}: {error}"
        yield draft.document.problem(path, reason, at=("use",))
    else:
        return settings
    return None
