"""Sections: every part of every section validated by itself, so that all problems are found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from regulars.errors import Problem

from .draft import SECTIONS, SINGLE, Draft
from .explaining import A_NAME, shown
from .header import identity
from .messages import OWN_WORDS
from .playbook import Attribute, short_form
from .policy import HOLDOUT
from .positions import MapNode, Path, ScalarNode
from .salvaging import salvaged
from .sources import BUILT_IN
from .suggestions import unknown
from .validating import validated

COLUMN = 60  # characters; a database's column name ends at 63, two are ours
RESERVED = (*OWN_WORDS, "parts")  # words beside a channel's
Identities = Annotated[list[str], Field(min_length=1)]
OneAttribute = Annotated[Attribute, BeforeValidator(short_form)]


def read_sections(draft: Draft) -> None:
    """Validate every part; what is valid goes into ``draft``, what is not becomes problems."""
    _customer(draft)
    for section, kind in SECTIONS.items():
        for name in draft.document.section(section):
            path = (section, name)
            draft.report(_names(draft, path, section))
            part, problems = validated(draft.document, path, kind)
            draft.report(problems)
            if problems:
                draft.broken.add(path)
                part = salvaged(draft.document, path, kind)
            if part is not None:
                draft.parts[section][name] = part
    for word, kind in SINGLE.items():
        if word in draft.document.root.entries:
            part, problems = validated(draft.document, (word,), kind)
            draft.report(problems)
            if part is not None:
                draft.single[word] = part


def _customer(draft: Draft) -> None:
    words = draft.document.section("customer")
    for word in words:
        if word not in ("attributes", "identities"):
            reason = unknown("field", word, ("attributes", "identities"))
            draft.report([draft.document.problem(("customer",), reason, at=(word,), key=True)])
    if "attributes" in words:
        draft.report(_attributes(draft, ("customer", "attributes")))
    if "identities" in words:
        path = ("customer", "identities")
        identities, problems = validated(draft.document, path, Identities)
        draft.report(problems)
        draft.identities = identities or []


def _attributes(draft: Draft, path: Path) -> Iterator[Problem]:
    node = draft.document.entry(path).node
    if not isinstance(node, MapNode) and not (isinstance(node, ScalarNode) and node.value is None):
        yield draft.document.problem(path, "should be a mapping of names to their types")
    for name in draft.declared_attributes():
        yield from _names(draft, (*path, name), "attributes")
        if name in BUILT_IN:
            reason = f"'{name}' is built in; take it out, or give this one another name"
            yield draft.document.problem((*path, name), reason, key=True)
            continue
        attribute, problems = validated(draft.document, (*path, name), OneAttribute)
        yield from problems
        if attribute is not None:
            draft.attributes[name] = attribute


def _names(draft: Draft, path: Path, section: str) -> Iterator[Problem]:
    """What is wrong with the name of the part at ``path``, placed at the name itself."""
    name = str(path[-1])
    try:
        identity(name)
    except ValueError:
        reason = f"a name is {A_NAME}; {shown(name)} is none"
        yield draft.document.problem(path[:-1], reason, at=(name,), key=True)
    if section in ("attributes", "traits", "models") and len(name) > COLUMN:
        reason = f"the name should have at most {COLUMN} characters"
        yield draft.document.problem(path[:-1], reason, at=(name,), key=True)
    if section == "experiments" and name == HOLDOUT:
        reason = f"an experiment can't be named '{name}'; the policy's holdout is recorded as that"
        yield draft.document.problem(path[:-1], reason, at=(name,), key=True)
    if section == "channels" and name in RESERVED:
        reason = f"a channel can't be named '{name}'; the word has a meaning in messages"
        yield draft.document.problem(path[:-1], reason, at=(name,), key=True)
