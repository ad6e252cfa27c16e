"""Connecting: a source's parts, with every failure told as the source's or the plugin's."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from regulars.hooks.attribution import blamed, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from regulars.hooks import Batch, Plugins, SourcePart
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
    kind = plugins.connectors[name]
    blame = plugins.blame("connectors", name)
    with blamed(blame):
        opened = kind.open(playbook.settings["sources", source], playbook.folder)
        parts = opened.__enter__()
    try:
        yield _parts(blame, parts)
    except BaseException as error:
        opened.__exit__(type(error), error, error.__traceback__)
        raise
    with blamed(blame):
        opened.__exit__(None, None, None)


def _parts(blame: str, parts: Iterable[SourcePart]) -> Iterator[SourcePart]:
    for part in _each(blame, lambda: parts):
        made = part.fingerprint
        known = made if made is None or isinstance(made, str) else partial(_made, blame, made)
        yield replace(part, read=partial(_read, blame, part.read), fingerprint=known)


def _made(blame: str, fingerprint: Callable[[], str]) -> str:
    with blamed(blame):
        return given(fingerprint(), str)


def _read(blame: str, read: Callable[[Any], Iterator[Batch]], cursor: Any) -> Iterator[Batch]:
    return _each(blame, lambda: read(cursor))


def _each(blame: str, start: Callable[[], Iterable[Item]]) -> Iterator[Item]:
    """The items; only what their maker does is the plugin's fault, not what is done with them."""
    with blamed(blame):
        items = iter(start())
    while True:
        with blamed(blame):
            item = next(items, None)
        if item is None:
            return
        yield item
