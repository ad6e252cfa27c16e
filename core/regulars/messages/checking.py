"""Checking: what is wrong with a playbook's templates, known before anything is rendered."""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import meta, nodes

from regulars.errors import PluginError, Problem
from regulars.playbook.suggestions import unknown

from .failures import RenderError
from .known import TOP, Family, known_arms, known_names
from .layouts import open_layout
from .sources import Source, sources
from .templates import Environments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from regulars.playbook.loading import Loaded
    from regulars.playbook.messages import MessagePart

_METHODS = {"get", "items", "keys", "values"}
_MAY_BE_MISSING = {"default", "d", "defined", "undefined"}


def check_templates(loaded: Loaded) -> list[Problem]:
    """Every problem of the playbook's templates, placed in their file or in the playbook.

    Templates that don't parse, layouts that nobody offers, and names that no customer could have:
    unknown attributes, traits, models, and words that mean nothing.
    """
    playbook, environments = loaded.playbook, Environments(loaded.plugins)
    families = known_names(playbook, loaded.plugins)
    problems: list[Problem] = []
    for name, message in playbook.messages.items():
        ways = [{**families, "arm": arm} for arm in known_arms(loaded, name)]
        check = _Check(loaded, environments, ways)
        for channel, part in message.parts.items():
            problems += check.part(("messages", name, channel), part)
    return problems


@dataclass(frozen=True)
class _Check:
    """``ways`` are the names that may be used, in each of the ways that the message is sent."""

    loaded: Loaded
    environments: Environments
    ways: Sequence[Mapping[str, Family]]

    def part(self, path: tuple[str, ...], part: MessagePart) -> Iterator[Problem]:
        try:
            found = list(sources(part, self.loaded.playbook.folder))
        except RenderError as error:
            yield self._in_playbook((*path, "template"), f"{error.file}: {error.reason}")
            return
        for source in found:
            yield from self._source(path, source)
        if part.layout is not None:
            try:
                open_layout(part.layout, self.loaded.plugins, self.environments)
            except (PluginError, RenderError) as error:
                yield self._in_playbook((*path, "layout"), str(error))

    def _source(self, path: tuple[str, ...], source: Source) -> Iterator[Problem]:
        path = (*path, source.slot, *([source.name] if source.name else ()))
        try:
            self.environments.compile(source.kind, source.text, source.file or "")
        except RenderError as error:
            yield self._problem(path, source, error.line, None, error.reason)
            return
        parsed = self.environments.of(source.kind).parse(source.text)
        known = set(self.environments.of(source.kind).globals)
        found = (wrong for way in self.ways for wrong in unknown_names(parsed, way, known))
        for line, name, reason in dict.fromkeys(found):
            yield self._problem(path, source, line, name, reason)

    def _problem(
        self, path: tuple[str, ...], source: Source, line: int, name: str | None, reason: str
    ) -> Problem:
        if source.file is None:
            return self._in_playbook(path, reason)
        folder = os.path.dirname(self.loaded.place(())[0])  # noqa: PTH120 (a name to show)
        file = os.path.normpath(os.path.join(folder, source.file))  # noqa: PTH118
        return Problem(file, line, _column(source.text, line, name), "", reason)

    def _in_playbook(self, path: tuple[str, ...], reason: str) -> Problem:
        file, line, column = self.loaded.place(path)
        return Problem(file, line, column, ".".join(path), reason)


def unknown_names(
    template: nodes.Template, families: Mapping[str, Family], known: set[str]
) -> Iterator[tuple[int, str, str]]:
    """Line, name and reason of every name that can't mean anything."""
    free = meta.find_undeclared_variables(template) - known
    spared = {id(node) for node in _spared(template)}
    for name in template.find_all(nodes.Name):
        if name.ctx != "load" or name.name not in free - set(TOP) or id(name) in spared:
            continue
        reason = unknown("name", name.name, [*TOP, *known])
        if name.name in (families["scores"].names or ()):
            reason = f"unknown name '{name.name}'; what a model says is scores.{name.name}"
        yield name.lineno, name.name, reason
    for owner in sorted(free & families.keys()):
        if missing := families[owner].missing:
            yield from _of_nothing(template, owner, missing, spared)
    for kind in (nodes.Getattr, nodes.Getitem):
        yield from _unknown_words(template.find_all(kind), families, free, spared)


def _of_nothing(
    template: nodes.Template, owner: str, missing: str, spared: set[int]
) -> Iterator[tuple[int, str, str]]:
    """Where ``owner`` stands in a template that doesn't ask whether there is any."""
    uses = [name for name in template.find_all(nodes.Name) if name.name == owner]
    asked = (node for node in template.find_all(nodes.Getattr) if id(node) in spared)
    if not any(id(name) in spared for name in uses) and not any(n.node in uses for n in asked):
        yield uses[0].lineno, owner, missing


def _unknown_words(
    found: Iterable[nodes.Getattr | nodes.Getitem],
    families: Mapping[str, Family],
    free: set[str],
    spared: set[int],
) -> Iterator[tuple[int, str, str]]:
    for node in found:
        owner, word = _dotted(node.node), _word(node)
        if owner is None or owner.partition(".")[0] not in free or id(node) in spared:
            continue
        family = families.get(owner)
        if family is None or family.names is None or word is None or word in _METHODS:
            continue
        if word not in family.names:
            yield node.lineno, word, unknown(family.noun, word, family.names)


def _dotted(node: nodes.Node) -> str | None:
    """A name, or a name behind another one's dot: ``scores.value``."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if not isinstance(node, nodes.Getattr | nodes.Getitem) or not isinstance(node.node, nodes.Name):
        return None
    return f"{node.node.name}.{_word(node)}"


def _word(node: nodes.Getattr | nodes.Getitem) -> str | None:
    """The name behind the dot or in the brackets, if it is written out."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    argument: Any = node.arg
    if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
        return argument.value
    return None


def _spared(template: nodes.Template) -> Iterator[nodes.Node]:
    """What a template asks about itself: ``x is defined``, ``x | default('…')``."""
    for node in template.find_all((nodes.Test, nodes.Filter)):
        if node.name in _MAY_BE_MISSING and node.node is not None:
            yield node.node


def _column(text: str, line: int, name: str | None) -> int:
    """Where ``name`` stands in its line, counted from 1."""
    lines = text.splitlines()
    if name is None or not 0 < line <= len(lines):
        return 1
    return max(lines[line - 1].find(name), 0) + 1
