"""Loading: a playbook's path → a playbook that passed every check, or everything wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from regulars.errors import PlaybookError, Problem
from regulars.hooks import Plugins

from .draft import Draft
from .extending import read_document
from .header import Header, password, read_header
from .playbook import CustomerProfile, Playbook
from .positions import Document, plain
from .references import check_references
from .secrets import Filled, fill, redact
from .sections import read_sections
from .settings import check_settings, load_plugins


@dataclass(frozen=True)
class Loaded:
    """A checked playbook with the plugins it may use.

    ``broken`` are the parts, by section and name, that have problems of their own: none once all
    checks are passed.
    """

    playbook: Playbook
    plugins: Plugins = field(repr=False)
    document: Document = field(repr=False)
    broken: frozenset[tuple[str, str]] = frozenset()

    def place(self, path: Sequence[str | int]) -> tuple[str, int, int]:
        """File, line and column of what stands at ``path``, or of the nearest thing above it.

        A message's part is at ``("messages", NAME, CHANNEL)``. Lines and columns count from 1.
        """
        return self.document.entry(path).node.place


Check: TypeAlias = Callable[[Loaded], Iterable[Problem]]


def load_playbook(
    path: Path, environ: Mapping[str, str] = os.environ, also: Check | None = None
) -> Loaded:
    """The playbook at ``path``, checked against itself, its files and the installed plugins.

    A relative SQLite store is named from the root, beside the playbook. ``environ`` is where
    ``{env: NAME}`` and ``REGULARS_DISABLE`` are looked up. ``also`` is a further check, of the
    templates for instance; its problems are told together with the others.

    Raises:
        PlaybookError: with every problem there is; no value from ``environ`` is in it.
    """
    document = read_document(path)
    filled = fill(document.root, environ)
    document = replace(document, root=filled.root)
    absolute = path.absolute()
    plugins, problems = load_plugins(document, absolute.parent, environ)
    draft = Draft(document, absolute, plugins)
    header = read_header(draft)
    read_sections(draft)
    draft.report([*document.repeated, *problems, *check_settings(draft), *check_references(draft)])
    playbook = _playbook(draft, header, filled)
    loaded = Loaded(playbook, plugins, document, frozenset(draft.broken))
    if also is not None and _names_are_known(draft):
        draft.report(also(loaded))
    _refuse(draft.problems, filled)
    return loaded


def _names_are_known(draft: Draft) -> bool:
    """Whether a name that is unknown now is unknown for good, not missing by another mistake."""
    sections = draft.whole("traits") and draft.whole("models")
    return sections and len(draft.attributes) == len(draft.declared_attributes())


def _refuse(problems: Iterable[Problem], filled: Filled) -> None:
    """Raise what is left to mend; what follows from a missing variable is not told."""
    unset = {(p.file, p.line, p.column) for p in filled.problems}
    told = [p for p in problems if (p.file, p.line, p.column) not in unset] + filled.problems
    if told:
        raise PlaybookError(
            replace(p, path=_line(p.path), reason=_line(redact(p.reason, filled.secrets)))
            for p in told
        )


def _line(text: str) -> str:
    """``text`` in one line, whatever names and values it quotes."""
    return " ".join(text.splitlines())


def _playbook(draft: Draft, header: Header, filled: Filled) -> Playbook:
    hidden = password(header.store)
    sections: dict[str, Any] = {**draft.parts, **draft.single}
    return Playbook(
        id=header.id,
        path=draft.path,
        timezone=header.timezone,
        locale=header.locale,
        currency=header.currency,
        store=header.store,
        plugins=tuple(plain(draft.document.root.entries["plugins"].node))
        if "plugins" in draft.document.root.entries
        else (),
        customer=CustomerProfile(attributes=draft.attributes, identities=draft.identities),
        settings=draft.settings,
        secrets=frozenset(filled.secrets | ({hidden} if hidden else set())),
        **sections,
    )
