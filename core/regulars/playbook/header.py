"""The header: what a playbook says about itself above its sections."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from regulars.values import NAME

from .draft import SECTIONS, SINGLE, Draft
from .explaining import A_NAME, shown
from .positions import MapNode, ScalarNode
from .secrets import Secret
from .suggestions import did_you_mean, unknown

WORDS = ("playbook", "extends", "timezone", "locale", "currency", "store", "plugins", "customer")
LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|[0-9]{3}))?")
STORES = ("sqlite", "postgresql", "mysql", "mariadb")
LONGEST = 80

Value = TypeVar("Value")


@dataclass(frozen=True)
class Header:
    """The playbook's own words; each that is not written, or wrong, has its default."""

    id: str
    timezone: ZoneInfo
    locale: str
    currency: str
    store: str


def read_header(draft: Draft) -> Header:
    """The header, with its problems reported to ``draft``."""
    _check_words(draft)
    if "playbook" not in draft.document.root.entries:
        reason = "'playbook' is missing; name the client: playbook: corner-bakery"
        draft.report([draft.document.problem((), reason)])
    name = _word(draft, "playbook", identity, "playbook")
    return Header(
        name,
        _word(draft, "timezone", zone, ZoneInfo("UTC")),
        _word(draft, "locale", locale, "en_US"),
        _word(draft, "currency", currency, "USD"),
        _word(draft, "store", lambda text: store(text, draft.path.parent), "")
        or _sqlite(draft.path.parent / ".regulars" / f"{name}.db"),
    )


def _check_words(draft: Draft) -> None:
    for word, entry in draft.document.root.entries.items():
        if word not in (*WORDS, *SECTIONS, *SINGLE):
            reason = unknown("field", word, (*WORDS, *SECTIONS, *SINGLE))
            draft.report([draft.document.problem((), reason, at=(word,), key=True)])
        if word in (*SECTIONS, "customer") and not _mapping(entry.node):
            reason = "should be a mapping of names to what they mean"
            draft.report([draft.document.problem((word,), reason)])


def _mapping(node: object) -> bool:
    empty = isinstance(node, ScalarNode) and node.value is None
    return empty or isinstance(node, MapNode)


def _word(draft: Draft, word: str, read: Callable[[str], Value], default: Value) -> Value:
    entry = draft.document.root.entries.get(word)
    if entry is None:
        return default
    value: Any = getattr(entry.node, "value", None)
    try:
        if not isinstance(value, str):
            raise ValueError("should be text; put it in quotes")  # noqa: TRY301, TRY004
        return read(value)
    except ValueError as error:
        draft.report([draft.document.problem((word,), str(error))])
        return default


def identity(text: str) -> str:
    """``text`` if it can be an id.

    Raises:
        ValueError: it can't; says why.
    """
    if re.fullmatch(NAME, text) is None or text.endswith("\n"):
        raise ValueError(f"should be {A_NAME}, not {shown(text)}")
    if len(text) > LONGEST:
        raise ValueError(f"should have at most {LONGEST} characters")
    return text


def zone(text: str) -> ZoneInfo:
    """The time zone of that name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(text, available_timezones())
        reason = f"unknown timezone {shown(text)}{hint}; write it as America/Chicago"
        raise ValueError(reason) from None


def locale(text: str) -> str:
    """``text`` if it is a locale.

    Raises:
        ValueError: it is none.
    """
    if LOCALE.fullmatch(text) is None:
        raise ValueError(f"{shown(text)} is not a locale; write it as en_US")
    return text


def currency(text: str) -> str:
    """``text`` if it is a currency's code.

    Raises:
        ValueError: it is none.
    """
    if re.fullmatch("[A-Z]{3}", text) is None:
        raise ValueError(f"{shown(text)} is not a currency; write its three letters: USD")
    return text


def store(text: str, folder: Path) -> str:
    """The store's URL, with a SQLite file named from the root; ``folder`` is the playbook's.

    Raises:
        ValueError: it is no URL, or of a database that a store can't be.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        hint = "sqlite:///shop.db or postgresql://user@host/name"
        raise ValueError(f"not a database URL; write it as {hint}") from None
    if url.get_backend_name() not in STORES:
        kinds = f"{', '.join(STORES[:-1])} or {STORES[-1]}"
        raise ValueError(f"a store can be {kinds}, not {url.get_backend_name()}")
    if url.get_backend_name() != "sqlite" or str(url.database).startswith("file:"):
        return Secret(text) if url.password else text
    if url.database in (None, "", ":memory:"):
        raise ValueError("a store in memory forgets whom it wrote to; name a file")
    absolute = _rendered(url.set(database=str(folder / str(url.database))))
    return Secret(absolute) if isinstance(text, Secret) else absolute


def _sqlite(file: Path) -> str:
    return _rendered(URL.create("sqlite", database=str(file)))


def _rendered(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def password(url: str) -> str | None:
    """The password in a database URL, if there is one."""
    found = make_url(url).password
    return str(found) if found else None
