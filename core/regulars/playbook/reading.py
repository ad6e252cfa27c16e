"""Reading: one YAML file as nodes with their places, whatever the file holds.

A playbook needs little of YAML. What could hurt (tags, merge keys, aliases that grow or return
into themselves, depth, size) is refused with the place where it stands, before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from regulars.errors import PlaybookError, Problem

from .positions import Entry, ListNode, MapNode, Node, Place, ScalarNode, written
from .scalars import scalar

MAX_BYTES = 1_000_000
MAX_WRITTEN = 50_000  # words and values in the file itself
MAX_NODES = 200_000  # with aliases written out
MAX_DEPTH = 50
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is 20 times as fast


def read_yaml(content: bytes, file: str) -> tuple[Node, list[Problem]]:
    """The one document in ``content``; ``file`` is the name that problems show.

    A key that stands twice keeps its first value and is a problem beside the document, so that
    the rest can be checked as well.

    Raises:
        PlaybookError: with one problem, at the place where the file can't be accepted.
    """
    text = _decoded(content, file)
    try:
        builder = _Builder(file, yaml.parse(text, Loader=_Loader))
        return builder.document(), builder.repeated
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        refuse(place, _reason(error, text))
    except yaml.YAMLError as error:
        refuse(Place(file, 1, 1), f"not valid YAML: {error}")


def refuse(place: Place, reason: str) -> NoReturn:
    """Raise the one problem that ends the reading of a file."""
    raise PlaybookError([Problem(*place, "", reason)])


def _decoded(content: bytes, file: str) -> str:
    if len(content) > MAX_BYTES:
        refuse(Place(file, 1, 1), "larger than 1 MB; a playbook is text that people read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        refuse(_place_after(before, file), "not UTF-8; save the file with that encoding")
    match = FORBIDDEN.search(text)
    if match:
        place = _place_after(text[: match.start()], file)
        refuse(place, f"control character U+{ord(match[0]):04X}; remove it")
    return text


def _place_after(before: str, file: str) -> Place:
    return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _reason(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = error.problem or "it ends too early"
    mark = error.problem_mark
    if mark and "cannot start any token" in problem:
        line = text.splitlines()[mark.line : mark.line + 1]
        character = "".join(line)[mark.column : mark.column + 1]
        if character == "\t":
            return "not valid YAML: a tab can't indent; use spaces"
        return f"not valid YAML: text that starts with {character} needs quotes"
    if "mapping values are not allowed" in problem:
        return "not valid YAML: a colon can't stand here; put text that holds one in quotes"
    return f"not valid YAML: {problem}"


class _Anchored(NamedTuple):
    """A node that aliases may stand for, with its number of nodes and levels written out."""

    node: Node
    size: int
    height: int


class _Builder:
    """Builds nodes from the parser's events, which come one by one however deep they nest.

    ``written`` counts the words and values of the file, ``count`` those with aliases written out;
    ``deepest`` is the deepest level so far.
    """

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.file = file
        self.events = events
        self.anchors: dict[str, _Anchored | None] = {}
        self.written = 0
        self.count = 0
        self.deepest = 0
        self.path: list[str | int] = []
        self.repeated: list[Problem] = []

    def document(self) -> Node:
        next(self.events)  # the stream starts
        if isinstance(next(self.events), StreamEndEvent):
            refuse(Place(self.file, 1, 1), "the file is empty; start with playbook: NAME")
        node = self.build(next(self.events), 1)
        next(self.events)  # the document ends
        following = next(self.events)
        if not isinstance(following, StreamEndEvent):
            refuse(self.place(following), "a second document; a playbook is one document")
        return node

    def place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def build(self, event: Any, depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self.alias(event, depth)
        self.reach(event, 1, depth)
        self.untagged(event)
        return self.anchored(event, depth) if event.anchor else self.unanchored(event, depth)

    def reach(self, event: Any, nodes: int, depth: int) -> None:
        """Count ``nodes`` more, the deepest of them at ``depth``."""
        self.written += 1
        self.count += nodes
        if self.written > MAX_WRITTEN:
            refuse(self.place(event), f"more than {MAX_WRITTEN:,} values; divide the playbook")
        if self.count > MAX_NODES:
            refuse(self.place(event), f"more than {MAX_NODES:,} values, aliases written out")
        self.deepest = max(self.deepest, depth)
        if depth > MAX_DEPTH:
            refuse(self.place(event), f"nested deeper than {MAX_DEPTH} levels")

    def untagged(self, event: Any) -> None:
        if event.tag is not None:
            refuse(self.place(event), f"tags such as {event.tag[:40]} are not allowed; remove it")

    def anchored(self, event: Any, depth: int) -> Node:
        count, deepest = self.count, self.deepest
        self.anchors[event.anchor] = None  # until it is complete
        self.deepest = depth
        node = self.unanchored(event, depth)
        size, height = self.count - count + 1, self.deepest - depth
        self.anchors[event.anchor] = _Anchored(node, size, height)
        self.deepest = max(deepest, self.deepest)
        return node

    def alias(self, event: Any, depth: int) -> Node:
        if event.anchor not in self.anchors:
            refuse(self.place(event), f"no anchor is named '{event.anchor[:40]}'")
        meant = self.anchors[event.anchor]
        if meant is None:
            refuse(self.place(event), f"the alias *{event.anchor[:40]} stands inside itself")
        self.reach(event, meant.size, depth + meant.height)
        return meant.node

    def unanchored(self, event: Any, depth: int) -> Node:
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def scalar(self, event: Any) -> ScalarNode:
        place = self.place(event)
        if event.style:  # quoted, or a block: always text
            self.printable(event)
            return ScalarNode(event.value, place)
        try:
            return ScalarNode(scalar(event.value), place)
        except ValueError as error:
            refuse(place, str(error))

    def printable(self, event: Any) -> None:
        """Look at text again whose escapes may have written what the file itself may not hold."""
        if event.style == '"' and (match := FORBIDDEN.search(event.value)):
            refuse(self.place(event), f"control character U+{ord(match[0]):04X}; remove it")

    def sequence(self, event: Any, depth: int) -> ListNode:
        items: list[Node] = []
        while not isinstance(inner := next(self.events), SequenceEndEvent):
            self.path.append(len(items))
            items.append(self.build(inner, depth + 1))
            self.path.pop()
        return ListNode(tuple(items), self.place(event))

    def mapping(self, event: Any, depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        while not isinstance(inner := next(self.events), MappingEndEvent):
            place = self.place(inner)
            word = self.key(inner, place)
            self.path.append(word)
            node = self.build(next(self.events), depth + 1)
            if word in entries:
                self.repeat(place, entries[word].key)
            else:
                entries[word] = Entry(place, node)
            self.path.pop()
        return MapNode(entries, self.place(event))

    def repeat(self, place: Place, first: Place) -> None:
        """Note a key that stands twice in its mapping."""
        reason = f"duplicate key; it stands in line {first.line} already"
        self.repeated.append(Problem(*place, written(self.path), reason))

    def key(self, event: Any, place: Place) -> str:
        if not isinstance(event, ScalarEvent) or event.anchor or not event.value:
            refuse(place, "the word before a colon must be plain text")
        self.written += 1
        self.untagged(event)
        self.printable(event)
        if event.value == "<<" and not event.style:
            refuse(place, "merge keys (<<) are not allowed; write the words out, or use extends")
        word: str = event.value
        return word
