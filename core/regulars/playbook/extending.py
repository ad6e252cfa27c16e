"""Extending: a playbook's own file and the files it builds on, merged into one document.

Mappings merge deeply, the nearer file wins, lists replace. A template or a plugin file belongs to
the text that names it, so its path is relative to the file where it is written. Everything else
(the store, the settings of plugins such as a source's ``path``) belongs to the client, so it is
relative to the folder of the playbook itself, wherever it is written.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from regulars.errors import PlaybookError, Problem

from .positions import Document, Entry, ListNode, MapNode, Node, Place, ScalarNode
from .reading import MAX_BYTES, read_yaml, refuse

FURTHEST = 10  # files in a row


def read_document(path: Path) -> Document:
    """The playbook at ``path`` with all that it extends, not yet checked.

    Raises:
        PlaybookError: with one problem, where a file can't be read or is no mapping.
    """
    file = str(path)
    repeated: list[Problem] = []
    root = _extended(file, Place(file, 0, 0), (), repeated)
    return Document(file, root, tuple(repeated))


def _extended(
    file: str, asked_at: Place, before: tuple[str, ...], repeated: list[Problem]
) -> MapNode:
    """The mapping in ``file`` merged over what it extends, named in each ``before``."""
    real = os.path.realpath(file)
    if real in before:
        refuse(asked_at, f"circle: {' → '.join(map(os.path.basename, [*before, real]))}")
    if len(before) >= FURTHEST:
        refuse(asked_at, f"more than {FURTHEST} files that extend one another")
    root, twice = read_yaml(_content(file, asked_at), file)
    repeated += twice
    if not isinstance(root, MapNode):
        refuse(root.place, "a playbook is a mapping; start with playbook: NAME")
    extends = root.entries.get("extends")
    if extends is None:
        return root
    near = MapNode({w: e for w, e in root.entries.items() if w != "extends"}, root.place)
    return _merged(near, _far(file, extends.node, (*before, real), repeated))


def _far(file: str, extends: Node, before: tuple[str, ...], repeated: list[Problem]) -> MapNode:
    place = extends.place
    if not isinstance(extends, ScalarNode) or not isinstance(extends.value, str):
        raise PlaybookError([Problem(*place, "extends", "should be the path of one file")])
    beside = os.path.normpath(os.path.join(os.path.dirname(file), extends.value))  # noqa: PTH118, PTH120 (Path keeps a/../b)
    far = _extended(beside, place, before, repeated)
    return _relocated(far, os.path.dirname(extends.value))  # noqa: PTH120


def _content(file: str, asked_at: Place) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        refuse(asked_at, f"there is no file {file}" if asked_at.line else "there is no such file")
    except IsADirectoryError:
        hint = f"; did you mean {Path(file, 'playbook.yaml')}?"
        what = f"{file} is a folder" if asked_at.line else "this is a folder"
        refuse(asked_at, what + (hint if Path(file, "playbook.yaml").is_file() else ""))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(asked_at, f"{file} can't be read: {reason}")


def _merged(near: MapNode, far: MapNode) -> MapNode:
    entries = dict(far.entries)
    for word, entry in near.entries.items():
        other = far.entries.get(word)
        if other and isinstance(entry.node, MapNode) and isinstance(other.node, MapNode):
            entries[word] = Entry(entry.key, _merged(entry.node, other.node))
        else:
            entries[word] = entry
    return MapNode(entries, near.place)


# ------------------------------------------------------------------ paths in the far file


def _relocated(root: MapNode, folder: str) -> MapNode:
    """``root`` with its template and plugin files as the file in front of it would name them."""
    entries = dict(root.entries)
    if "messages" in entries:
        key, messages = entries["messages"]
        entries["messages"] = Entry(key, _each(messages, lambda m: _each(m, _part(folder))))
    if "plugins" in entries:
        key, plugins = entries["plugins"]
        entries["plugins"] = Entry(key, _plugins(plugins, folder))
    return MapNode(entries, root.place)


def _each(node: Node, change: Callable[[Node], Node]) -> Node:
    if not isinstance(node, MapNode):
        return node
    entries = {word: Entry(key, change(inner)) for word, (key, inner) in node.entries.items()}
    return MapNode(entries, node.place)


def _part(folder: str) -> Callable[[Node], Node]:
    def part(node: Node) -> Node:
        if not isinstance(node, MapNode) or "template" not in node.entries:
            return node
        key, template = node.entries["template"]
        moved = {**node.entries, "template": Entry(key, _moved(template, folder))}
        return MapNode(moved, node.place)

    return part


def _plugins(node: Node, folder: str) -> Node:
    if not isinstance(node, ListNode):
        return node
    items = (
        _moved(i, folder) if isinstance(i, ScalarNode) and is_file(i.value) else i
        for i in node.items
    )
    return ListNode(tuple(items), node.place)


def _moved(node: Node, folder: str) -> Node:
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        return node
    return ScalarNode(os.path.normpath(os.path.join(folder, node.value)), node.place)  # noqa: PTH118


def is_file(plugin: object) -> bool:
    """Whether an entry of ``plugins:`` names a loose file, not an installed plugin."""
    return isinstance(plugin, str) and (plugin.endswith(".py") or "/" in plugin)
