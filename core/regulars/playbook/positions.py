"""Positions: what a file says, with the place where it says it.

A file is read into nodes that keep their place, so that every later check can point at the very
word that it speaks of, also when that word came from a file that the playbook extends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from regulars.errors import Problem

Path: TypeAlias = tuple[str | int, ...]


class Place(NamedTuple):
    """A place in a file; ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int


class ScalarNode(NamedTuple):
    """A text, a number, true, false or nothing."""

    value: str | int | float | bool | None
    place: Place


class ListNode(NamedTuple):
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place


class Entry(NamedTuple):
    """One word of a mapping: where it is written, and what it says."""

    key: Place
    node: Node


class MapNode(NamedTuple):
    """A mapping of words to nodes, in the order of the file."""

    entries: Mapping[str, Entry]
    place: Place


Node: TypeAlias = ScalarNode | ListNode | MapNode


def plain(node: Node) -> Any:
    """``node`` as plain Python data."""
    if isinstance(node, MapNode):
        return {word: plain(entry.node) for word, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value


def inside(node: Node, step: str | int) -> Entry | None:
    """What stands under the word or number ``step`` of ``node``, or None."""
    if isinstance(node, MapNode):
        return node.entries.get(str(step))
    if isinstance(node, ListNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return Entry(node.items[step].place, node.items[step])
    return None


def written(path: Iterable[str | int]) -> str:
    """``path`` as a problem shows it: ``segments.lapsed.all[0].where``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


@dataclass(frozen=True)
class Document:
    """A playbook's text as one tree: its own file and all that it extends, merged.

    ``repeated`` are the problems of keys that stand twice.
    """

    file: str
    root: MapNode = field(repr=False)
    repeated: tuple[Problem, ...] = ()

    def entry(self, path: Iterable[str | int]) -> Entry:
        """What stands at ``path``, or the nearest thing above that is written in the file."""
        found = Entry(self.root.place, self.root)
        for step in path:
            below = inside(found.node, step)
            if below is None:
                break
            found = below
        return found

    def section(self, *path: str) -> Mapping[str, Entry]:
        """The entries of the mapping at ``path``; empty when there is none."""
        node: Node = self.root
        for word in path:
            found = inside(node, word)
            if found is None:
                return {}
            node = found.node
        return node.entries if isinstance(node, MapNode) else {}

    def problem(
        self,
        path: Sequence[str | int],
        reason: str,
        *,
        at: Sequence[str | int] = (),
        key: bool = False,
    ) -> Problem:
        """A problem of the part at ``path``, placed at the value below it at ``at``.

        With ``key`` it is placed at the word itself instead of at what the word says.
        """
        entry = self.entry((*path, *at))
        place = entry.key if key else entry.node.place
        return Problem(place.file, place.line, place.column, written(path), reason)
