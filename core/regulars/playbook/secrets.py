"""Secrets: values that come from the environment and are never printed.

``{env: NAME}`` may stand wherever a single value is expected; the name is in capitals, so that
a field that happens to be called ``env`` stays one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from regulars.errors import Problem

from .positions import Entry, ListNode, MapNode, Node, Path, ScalarNode, written

NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
FREE = frozenset({"attributes", "data", "map", "properties", "set", "where"})  # any word may be in
HIDDEN = "***"
SHORT = 4  # characters; a shorter secret is only hidden where it stands alone


class Secret(str):
    """A value from the environment; it works as text, and its ``repr`` doesn't show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"'{HIDDEN}'"


@dataclass
class Filled:
    """A document's root with every ``{env: NAME}`` replaced.

    ``unset`` are the paths whose variable is missing; ``problems`` say so.
    """

    root: MapNode
    secrets: set[str] = field(default_factory=set)
    unset: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def fill(root: MapNode, environ: Mapping[str, str]) -> Filled:
    """``root`` with the values of ``environ`` in place of its ``{env: NAME}``."""
    filled = Filled(root)
    filled.root = MapNode(
        {w: Entry(e.key, _filled(e.node, (w,), environ, filled)) for w, e in root.entries.items()},
        root.place,
    )
    return filled


def _filled(node: Node, path: Path, environ: Mapping[str, str], found: Filled) -> Node:
    name = None if path[-2:-1] and path[-1] in FREE else _variable(node)
    if name is not None:
        return _looked_up(name, node, path, environ, found)
    if isinstance(node, MapNode):
        entries = {
            word: Entry(entry.key, _filled(entry.node, (*path, word), environ, found))
            for word, entry in node.entries.items()
        }
        return MapNode(entries, node.place)
    if isinstance(node, ListNode):
        items = [_filled(item, (*path, i), environ, found) for i, item in enumerate(node.items)]
        return ListNode(tuple(items), node.place)
    return node


def _variable(node: Node) -> str | None:
    if not isinstance(node, MapNode) or list(node.entries) != ["env"]:
        return None
    name = node.entries["env"].node
    if isinstance(name, ScalarNode) and isinstance(name.value, str) and NAME.fullmatch(name.value):
        return name.value
    return None


def _looked_up(
    name: str, node: Node, path: Path, environ: Mapping[str, str], found: Filled
) -> ScalarNode:
    value = environ.get(name, "")
    if value:
        found.secrets.add(value)
    else:
        state = "is empty" if name in environ else "is not set"
        reason = f"the environment variable {name} {state}; export it before regulars starts"
        found.unset.add(path)
        found.problems.append(Problem(*node.place, written(path), reason))
    return ScalarNode(Secret(value), node.place)


def redact(text: str, secrets: Collection[str]) -> str:
    """``text`` with every one of ``secrets`` hidden, also where it is escaped or part of a URL."""
    for secret in sorted(secrets, key=len, reverse=True):
        for form in sorted(_forms(secret), key=len, reverse=True):
            text = _hidden(text, form)
    return text


def _forms(secret: str) -> set[str]:
    forms: set[Any] = {secret, secret.strip(), quote(secret, safe=""), quote(secret)}
    forms |= {repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    forms |= {line.strip() for line in secret.splitlines()}
    return {form for form in forms if form}


def _hidden(text: str, form: str) -> str:
    if len(form) >= SHORT:
        return text.replace(form, HIDDEN)
    return re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", HIDDEN, text)
