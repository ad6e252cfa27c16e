"""Discovery: which plugins there are, before any of their code runs."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from dataclasses import dataclass
from functools import partial
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import TYPE_CHECKING

from regulars.errors import PluginError

from .attribution import Fault, Origin, fenced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

GROUP = "regulars"
FIRST_PARTY = "regulars"


@dataclass(frozen=True)
class Candidate:
    """A plugin that could be loaded; ``load`` runs its code and may raise anything."""

    origin: Origin
    load: Callable[[], object]
    first_party: bool = False
    loose: bool = False

    @property
    def order(self) -> tuple[bool, bool, str, str]:
        """Loading order: first-party, installed, loose; each by name."""
        return (not self.first_party, self.loose, self.origin.name, self.origin.distribution)


def discover(files: Iterable[Path]) -> list[Candidate]:
    """Every installed plugin and every one in ``files``, in loading order, each once.

    Raises:
        PluginError: one of ``files`` is missing.
    """
    once = {path.resolve(): path for path in files}.values()
    return sorted([*installed(), *map(loose, once)], key=lambda found: found.order)


def installed() -> Iterator[Candidate]:
    """The entry points of group ``regulars``; a distribution that is there twice counts once."""
    seen = set()
    for distribution in distributions():
        entries = _entry_points(distribution)
        if not entries:
            continue
        metadata = distribution.metadata  # parsed anew each time that it is asked for
        name, version = metadata["Name"] or "?", metadata["Version"] or "?"
        if _normal(name) not in seen:
            seen.add(_normal(name))
            yield from (_candidate(entry, name, version) for entry in entries)


def _entry_points(distribution: Distribution) -> list[EntryPoint]:
    try:
        return [e for e in fenced(lambda: distribution.entry_points) if e.group == GROUP]
    except Fault:  # a stranger's unreadable entry_points.txt is no reason to stop
        return []


def _candidate(entry: EntryPoint, distribution: str, version: str) -> Candidate:
    origin = Origin(entry.name, distribution, version)
    return Candidate(origin, partial(_load_entry, entry), _normal(distribution) == FIRST_PARTY)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _load_entry(entry: EntryPoint) -> object:
    if entry.pattern.match(entry.value) is None:
        raise Fault(f"its entry point {entry.value!r} is no module and no module:attribute")
    return entry.load()


def loose(path: Path) -> Candidate:
    """The plugin in one Python file, named after it.

    Raises:
        PluginError: there is no such file.
    """
    if not path.is_file():
        raise PluginError(f"there is no plugin file {path}; mend its path or create the file")
    return Candidate(Origin(path.stem, str(path)), partial(_load_file, path), loose=True)


def _load_file(path: Path) -> object:
    """Run the file as a module of a private name, so that it can shadow no other module."""
    digest = hashlib.blake2b(str(path.resolve()).encode(), digest_size=8).hexdigest()
    name = f"_regulars_plugin_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Fault("it is no Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pydantic look their module up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
