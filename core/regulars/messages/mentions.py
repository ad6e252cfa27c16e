"""Mentions: whose scores a message tells, by what its templates name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes

from .failures import RenderError
from .sources import sources

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.playbook.messages import MessagePart

    from .templates import Environments


def models_named(part: MessagePart, folder: Path, environments: Environments) -> set[str]:
    """The models whose scores the part's templates name, as ``scores.value`` does."""
    found: set[str] = set()
    try:
        for source in sources(part, folder):
            parsed = environments.of(source.kind).parse(source.text)
            named = [node.attr for node in parsed.find_all(nodes.Getattr) if _of_scores(node)]
            named += [_word(node) for node in parsed.find_all(nodes.Getitem) if _of_scores(node)]
            found.update(named)
    except RenderError:  # whoever renders it says so
        return set()
    return found


def _of_scores(node: nodes.Getattr | nodes.Getitem) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "scores"


def _word(node: nodes.Getitem) -> str:
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else ""
