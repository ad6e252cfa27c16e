"""Connecting: a source's parts, with every failure told as the source's or the plugin's."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from regulars.errors import PluginError, RegularsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from regulars.hooks import Batch, ConnectorKind, Plugins, SourcePart
    from regulars.playbook.playbook import Playbook

Item = TypeVar("Item")


@contextmanager
def connected(plugins: Plugins, playbook: Playbook, source: str) -> Iterator[Iterator[SourcePart]]:
    """The parts of ``source``, open as long as the block.

    Raises:
        SourceError: the connector says what is wrong with the data.
        PluginError: the connector itself failed.
    """
    name = playbook.sources[source].use
    kind = cast("ConnectorKind", plugins.find("connectors", name))
    opened = kind.open(playbook.settings["sources", source], playbook.folder)
    with _blamed(name):
        parts = opened.__enter__()
    try:
        yield _parts(name, parts)
    except BaseException as error:
        opened.__exit__(type(error), error, error.__traceback__)
        raise
    with _blamed(name):
        opened.__exit__(None, None, None)


def _parts(name: str, parts: Iterable[SourcePart]) -> Iterator[SourcePart]:
    for part in _each(name, lambda: parts):
        yield replace(part, read=_reading(name, part))


def _reading(name: str, part: SourcePart) -> Callable[[Any], Iterator[Batch]]:
    return lambda cursor: _each(name, lambda: part.read(cursor))


def _each(name: str, start: Callable[[], Iterable[Item]]) -> Iterator[Item]:
    """The items; only what their maker does is the plugin's fault, not what is done with them."""
    with _blamed(name):
        items = iter(start())
    while True:
        with _blamed(name):
            item = next(items, None)
        if item is None:
            return
        yield item


@contextmanager
def _blamed(name: str) -> Iterator[None]:
    try:
        yield
    except RegularsError:
        raise
    except Exception as error:
        raise PluginError(
            f"the connector {name!r} failed: {type(error).__name__}: {error}; "
            "report it to its author"
        ) from error
