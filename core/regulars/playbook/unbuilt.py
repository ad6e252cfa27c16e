"""Words of the language that this version doesn't know what to do with yet.

They are no mistakes of the writer, so they get a reason of their own. They are taken out of the
document, so that the rest of the file is checked as if they were not there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from regulars.errors import Problem

from .positions import Document, Entry, ListNode, MapNode, Node, Path, written

SECTIONS = ("models",)
EXPERIMENT = ()
SEND = ()


def without_unbuilt(document: Document) -> tuple[Document, list[Problem]]:
    """``document`` without the words that aren't built yet, and a problem for each of them."""
    pruning = _Pruning()
    root = pruning.take_out(document.root, (), SECTIONS)
    entries = dict(root.entries)
    for section, prune in (
        ("experiments", pruning.experiment),
        ("journeys", pruning.journey),
    ):
        kept = {
            name: Entry(entry.key, prune(entry.node, (section, name)))
            for name, entry in document.section(section).items()
        }
        if kept:
            place = entries[section].node.place
            entries[section] = Entry(entries[section].key, MapNode(kept, place))
    return replace(document, root=MapNode(entries, root.place)), pruning.problems


class _Pruning:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def take_out(self, node: MapNode, path: Path, words: Collection[str]) -> MapNode:
        for word in words:
            if word in node.entries:
                self.report(node, path, word)
        kept = {word: entry for word, entry in node.entries.items() if word not in words}
        return MapNode(kept, node.place)

    def report(self, node: MapNode, path: Path, word: str) -> None:
        place = node.entries[word].key
        reason = f"'{word}' is not built yet in this version"
        self.problems.append(Problem(*place, written(path), reason))

    def experiment(self, node: Node, path: Path) -> Node:
        return self.take_out(node, path, EXPERIMENT) if isinstance(node, MapNode) else node

    def journey(self, node: Node, path: Path) -> Node:
        if not isinstance(node, MapNode):
            return node
        return self.branches(node, path, ("steps",))

    def branches(self, node: MapNode, path: Path, words: Collection[str]) -> MapNode:
        entries = dict(node.entries)
        for word in words:
            if word in entries:
                key, steps = entries[word]
                entries[word] = Entry(key, self.steps(steps, (*path, word)))
        return MapNode(entries, node.place)

    def steps(self, node: Node, path: Path) -> Node:
        if not isinstance(node, ListNode):
            return node
        items = tuple(self.step(item, (*path, i)) for i, item in enumerate(node.items))
        return ListNode(items, node.place)

    def step(self, node: Node, path: Path) -> Node:
        if not isinstance(node, MapNode):
            return node
        node = self.take_out(node, path, SEND if "send" in node.entries else ())
        arms = node.entries.get("arms")
        if arms is not None and isinstance(arms.node, MapNode):
            inside = self.branches(arms.node, (*path, "arms"), tuple(arms.node.entries))
            node = MapNode({**node.entries, "arms": Entry(arms.key, inside)}, node.place)
        return self.branches(node, path, ("then", "else"))
