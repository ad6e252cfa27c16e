"""Explaining: which part of a segment's condition holds for one customer, and which doesn't.

Each leaf is compiled as the run compiles it, and what it compares is selected beside it, so an
explanation can't disagree with the membership that the same data gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import yaml
from sqlalchemy import case, select

from regulars.batches import batches
from regulars.playbook.conditions import PLAIN, Group, InSegment
from regulars.playbook.secrets import Secret
from regulars.values import jsonable

from .compile import compile_condition
from .evidence import evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from regulars.playbook.conditions import Condition

    from .scope import Scope

AT_ONCE = 100  # leaves in one SELECT, each of up to seven columns; databases end at some 1,600


class _Dumper(yaml.SafeDumper):
    """Writes a condition as a playbook does, and a secret as what hides it."""


_Dumper.add_representer(Secret, lambda dumper, secret: dumper.represent_str(repr(secret)))

Join = Literal["all", "any", "none"]
GROUPS: tuple[Join, ...] = ("all", "any", "none")


@dataclass(frozen=True)
class Finding:
    """One part of a condition for one customer.

    ``words`` are the playbook's own: a leaf as it is written, ``all``, ``any``, ``none``, or
    ``and`` where one mapping joins several. ``actual`` says what a leaf was compared with;
    ``inner`` are the parts of a group, or the condition of the segment that a leaf names. A
    segment that is named twice is told once.
    """

    words: str
    holds: bool
    actual: str = ""
    inner: tuple[Finding, ...] = ()

    def decisive(self) -> Iterator[Finding]:
        """The leaves that make it so: of what doesn't hold, those that are in the way."""
        if not self.inner:
            yield self
        inside = not self.holds if self.words == "none" else self.holds
        all_count = inside == (self.words not in {"any", "none"})
        for part in self.inner:
            if all_count or part.holds == inside:
                yield from part.decisive()


@dataclass(frozen=True)
class _Part:
    """A part that is not looked at yet.

    A leaf's ``columns`` are its test, and then what ``tell`` tells; ``segment`` is what a leaf
    names instead.
    """

    words: str
    join: Join = "all"
    columns: tuple[ColumnElement[Any], ...] = ()
    tell: Callable[..., str] = lambda: ""
    segment: str | None = None
    inner: tuple[_Part, ...] = ()

    def leaves(self) -> Iterator[_Part]:
        if self.columns:
            yield self
        for part in self.inner:
            yield from part.leaves()


def explain(
    connection: Connection,
    scope: Scope,
    customer: int,
    segments: Sequence[str],
    written: Mapping[str, Any] | None = None,
) -> dict[str, Finding]:
    """What each of ``segments`` finds of the ``customer`` with that number, as of ``scope.now``.

    ``written`` gives segments' conditions as they stand in the playbook's file; without it, their
    words are as regulars would write them.
    """
    reader = _Reader(scope, written or {})
    parts = {name: reader.segment(name, set()) for name in segments}
    leaves = [leaf for part in parts.values() for leaf in part.leaves()]
    found: dict[int, tuple[bool, str]] = {}
    for some in batches(leaves, AT_ONCE):
        found |= _look(connection, scope, customer, some)
    return {name: _told(part, found, {}) for name, part in parts.items()}


@dataclass(frozen=True)
class _Reader:
    """From conditions to parts; what a part is made of is compiled, nothing is asked yet."""

    scope: Scope
    written: Mapping[str, Any]

    def segment(self, name: str, told: set[str]) -> _Part:
        """The condition of the segment ``name``; ``told`` are those that need no telling again."""
        told.add(name)
        return self._part(self.scope.playbook.segments[name], self.written.get(name), told)

    def _part(self, condition: Condition, written: Any, told: set[str]) -> _Part:
        text = written if isinstance(written, Mapping) else {}
        parts = [] if type(condition) is Group else [self._leaf(condition, text, told)]
        for word in GROUPS if isinstance(condition, Group) else ():
            inner = getattr(condition, word)
            if inner is not None:
                texts = text.get(word) or [None] * len(inner)
                pairs = zip(inner, texts, strict=True)
                parts.append(_Part(word, word, inner=tuple(self._part(*p, told) for p in pairs)))
        return parts[0] if len(parts) == 1 else _Part("and", inner=tuple(parts))

    def _leaf(self, condition: Condition, written: Mapping[str, Any], told: set[str]) -> _Part:
        groups = GROUPS if isinstance(condition, Group) else ()
        data = written or _as_data(condition)
        words = _in_line({word: value for word, value in data.items() if word not in groups})
        if isinstance(condition, InSegment):
            name = condition.segment
            inner = () if name in told else (self.segment(name, told),)
            return _Part(words, segment=name, inner=inner)
        alone: Any = condition
        if isinstance(condition, Group):
            alone = condition.model_copy(update=dict.fromkeys(GROUPS))
        test = case((compile_condition(alone, self.scope), 1), else_=0)
        seen = evidence(alone, self.scope)
        return _Part(words, columns=(test, *seen.columns), tell=seen.tell)


def in_words(condition: Condition) -> str:
    """The whole condition in one line, as regulars would write it."""
    return _in_line(_as_data(condition))


def _as_data(condition: Condition) -> dict[str, Any]:
    """The condition's own words, what it is about first, then what it joins."""
    groups = set[str](GROUPS) if isinstance(condition, Group) else set()
    words = condition.model_dump(by_alias=True, exclude_defaults=True, exclude=groups)
    first = next((word for word, model in PLAIN.items() if type(condition) is model), None)
    if first is not None:
        words = {first: words.pop(first), **words}
    joined = {word: getattr(condition, word) for word in GROUPS if word in groups}
    return words | {w: [_as_data(i) for i in inner] for w, inner in joined.items() if inner}


def _in_line(words: Mapping[str, Any]) -> str:
    text = yaml.dump(
        jsonable(words),
        Dumper=_Dumper,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=10**9,
    )
    return " ".join(text.split())


def _look(
    connection: Connection, scope: Scope, customer: int, leaves: Sequence[_Part]
) -> dict[int, tuple[bool, str]]:
    """Whether each leaf holds and what it was compared with, by the leaf's identity."""
    columns = [column for leaf in leaves for column in leaf.columns]
    labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
    query = select(*labelled).select_from(scope.people).where(scope.customer == customer)
    cells = iter(connection.execute(query).one())
    found = {}
    for leaf in leaves:
        holds, *seen = islice(cells, len(leaf.columns))
        found[id(leaf)] = bool(holds), leaf.tell(*seen)
    return found


def _told(part: _Part, found: Mapping[int, tuple[bool, str]], segments: dict[str, bool]) -> Finding:
    if part.columns:
        return Finding(part.words, *found[id(part)])
    inner = tuple(_told(below, found, segments) for below in part.inner)
    if part.segment is None:
        return Finding(part.words, _joined(part.join, inner), "", inner)
    if inner:
        segments[part.segment] = inner[0].holds
    return Finding(part.words, segments[part.segment], "" if inner else "told above", inner)


def _joined(join: Join, inner: Sequence[Finding]) -> bool:
    holds = [part.holds for part in inner]
    if join == "all":
        return all(holds)
    return any(holds) if join == "any" else not any(holds)
