"""The reference of the language leaves no word out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from regulars.hooks import LayoutKind, Plugins, StarterKind
from regulars.playbook import (
    conditions,
    experiments,
    journeys,
    links,
    messages,
    models,
    playbook,
    policy,
    retention,
    sources,
    traits,
    triggers,
)
from regulars.playbook.parts import Part
from regulars.policy import checks
from regulars.runs.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from pydantic import BaseModel

PAGE = Path(__file__).parents[2] / "docs" / "playbook.md"
MODULES = [
    *(conditions, experiments, journeys, links, messages, models, playbook, policy),
    *(retention, sources, traits, triggers),
]
INTERNAL = {"parts"}  # the reader gathers a message's channels under it
UNBUILT = {"control"}  # a reason that no decision has yet


def words(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()} - INTERNAL


def parts(module: ModuleType) -> Iterator[type[Part]]:
    for item in vars(module).values():
        if isinstance(item, type) and issubclass(item, Part) and item.__module__ == module.__name__:
            yield item


def missing(wanted: set[str]) -> list[str]:
    page = set(re.findall(r"[a-z_-]+", PAGE.read_text(encoding="utf-8")))
    return sorted(wanted - page)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_every_word_of_the_language_is_in_the_reference(module: ModuleType) -> None:
    assert missing({word for part in parts(module) for word in words(part)}) == []


@pytest.mark.parametrize(
    ("family", "least"), [("connectors", 4), ("channels", 3), ("analyses", 1), ("allocations", 2)]
)
def test_every_setting_of_our_plugins_is_in_the_reference(family: str, least: int) -> None:
    plugins = Plugins.load()
    ours = [info for info in plugins.infos if info.distribution == "regulars"]
    kinds = [plugins.find(family, name) for info in ours for name in info.offers.get(family, ())]

    assert len(kinds) >= least
    for kind in kinds:
        assert not isinstance(kind, LayoutKind | StarterKind)
        assert missing({kind.name, *words(kind.config)}) == []


def test_every_model_and_its_settings_are_in_their_section() -> None:
    page = PAGE.with_name("predictions.md").read_text(encoding="utf-8") + PAGE.read_text("utf-8")
    plugins = Plugins.load()
    ours = [info for info in plugins.infos if info.distribution == "regulars"]
    kinds = [plugins.models[name] for info in ours for name in info.offers.get("models", ())]

    for kind in kinds:
        told = set(re.findall(r"[a-z_-]+", page))
        wanted = {kind.name, *words(kind.config), *kind.config.model_fields}
        assert sorted(wanted - told) == [], kind.name


@pytest.mark.parametrize("state", ["failed", "held", "skipped"])
def test_every_reason_of_a_decision_is_in_its_row(state: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    row = re.search(rf"^\| `{state}` \| (.*) \|$", page, re.MULTILINE)

    assert row is not None
    assert set(re.findall(r"`(\w+)`", row[1])) == set(SENTENCES[state]) - UNBUILT


def test_the_checks_are_told_in_the_order_in_which_they_are_made() -> None:
    told = [reasons(text) for text in (PAGE.read_text(encoding="utf-8"), checks.__doc__ or "")]

    assert len(told[0]) == len(checks.CHECKS)
    assert told[0] == told[1]


def reasons(text: str) -> list[list[str]]:
    """The reasons that a numbered list begins its items with."""
    items = re.findall(r"^\d\. ((?:`+\w+`+(?:, )?)+):", text, re.MULTILINE)
    return [re.findall(r"\w+", item) for item in items]
